"""A closed list of English verbs that say what a service does, with their finite forms and participles.

Pure data and spelling: a rule can find a sentence's main verb, and negate it, without a tagger.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# No auxiliaries and no modals: these are negated in place ("is not", "can not"), never with "does not".
BASES = _words("""
    abort absorb abstract accelerate accept access accommodate account accumulate achieve acknowledge acquire act
    activate adapt add address adjust administer admit advance advertise affect aggregate agree aim alert alias
    align allocate allow alter analyze announce anonymize answer appear append apply approve archive arrive ask
    assemble assess assign associate assume assure attach attempt attract attribute audit authenticate author
    authorize automate avoid await
    balance base batch bear become begin belong benefit bid bill bind block boost boot bootstrap bounce branch break
    bridge bring broadcast browse buffer build bundle burn burst buy bypass
    cache calculate call cancel capture carry cascade catalog catch cause cease centralize chain challenge change
    channel charge check checkpoint choose chunk claim clarify classify clean clear click clone close cluster coax
    code coexist collaborate collapse collect combine come command commit communicate compare compete compile
    complement complete comply compose compress comprise compromise compute concatenate conduct confer configure
    confine confirm conflict conform connect conserve consider consist consolidate constitute constrain construct
    consult consume contact contain containerize continue contract contribute control convert coordinate copy
    correlate correspond corrupt cost count couple cover crash create cross customize cut cycle
    damage date deactivate deal debug decide declare decline decode decompress decouple decrease decrement decrypt
    dedicate deduct deduplicate default defer define degrade delay delegate delete deliver demand deny depend deploy
    deprecate deprovision deregister derive describe deserialize design designate destroy detach detail detect
    deteriorate determine develop diagnose die differ direct disable disallow disappear disassociate discard
    disconnect discontinue discover dispatch display distinguish distribute divide document downgrade download drag
    drain draw drive drop dump duplicate
    earn edit eject elapse eliminate embed emerge emit emulate enable encapsulate enclose encode encompass encounter
    encourage encrypt end enforce engage enhance enjoy enqueue enroll ensure enter enumerate equal erase escalate
    escape establish estimate evaluate evict examine exceed exchange exclude execute exempt exhaust exist exit
    expand expect experience expire explain explore export expose express extend extract
    fail fall fan favor feature federate feed feel fetch file fill filter finalize find finish fit fix flag flatten
    float flow flush focus follow forbid force forecast fork form format forward fragment frame free fsync fulfill
    function
    gain gather generate get give go govern grant graph greet group grow guarantee guard guide gzip
    halt hand handle hang happen harden hash head help hibernate hide highlight hit hold host
    identify idle ignore impact impersonate implement imply import impose improve include incorporate increase
    increment incur index indicate infer influence inform ingest inherit initialize initiate inject insert inspect
    install instantiate instruct instrument integrate intensify interact intercept interconnect interfere
    interoperate interpret interrupt intersect introduce invalidate invert invite invoke involve isolate issue
    iterate
    join
    keep key know
    label lack lag last launch layer lead leak lean learn lease leave lend lengthen let level leverage license lift
    limit
    line linger link list listen live load locate lock log look loop lose lower
    maintain make manage mandate manipulate map mark mask match materialize maximize mean measure meet merge meter
    migrate mimic minimize mirror miss mitigate mix model modify monitor mount move multicast multiplex multiply
    mutate
    name navigate need negotiate nest normalize note notice notify number
    obey object observe obtain occupy occur offer offload offset omit open operate opt optimize orchestrate order
    organize originate outlast outlive outpace output overflow overlap overlay overload overprovision override
    oversubscribe overwrite owe own
    pack package pad page pair parse participate partition partner pass patch pause pay peer perform permit persist
    personalize pick pin ping pipe place plan plug point poll pool populate port position possess post postpone
    power precede preclude predict preempt prefer prefetch prefix preload prepare prepend present preserve prevail
    prevent prewarm price print prioritize probe proceed process produce profile program prohibit project promise
    promote prompt propagate propose prorate protect prove provide provision proxy prune publish pull purchase purge
    push put
    qualify quarantine query queue quote
    race raise randomize range rank rate reach react reactivate read reallocate reassemble reassign rebalance reboot
    rebuild recall receive reclaim recognize recommend recompute reconcile reconfigure reconnect reconstruct record
    recover recreate recycle redact redefine redeploy redirect redistribute reduce reencrypt refactor refer
    reference refine reflect refresh refund refuse regain regenerate register regulate rehost reindex reinforce
    reinstall reject relate relay release reload relocate rely remain remap remediate remember remove rename render
    renew renumber reopen reorder repair repeat replace replay replicate reply report represent reprocess request
    require reroute rerun reschedule resend reserve reset reshape reshard reside resist resize resolve respect
    respond rest restart restore restrict result resume resync retain retire retrain retransmit retrieve retry
    return reuse reveal reverse revert review revoke rewind rewrite ride rise roll rotate round route run
    safeguard sample sanitize satisfy save say scale scan scatter schedule scope score screen seal search secure see
    segment select sell send separate sequence serialize serve set settle shape shard share shed shift shine ship
    shorten show shrink shuffle shut sign signal simplify sink sit size skip sleep slice slow snapshot solve sort
    source span spare spawn speak specialize specify speed spend spill spin split spread spring squeeze stage stamp
    stand standardize start state stay steer stem step stick stitch stop store stream streamline strike strip
    structure stuff submit subscribe substitute subtract succeed suffer suffice suggest suit sum summarize supersede
    supplement supply support suppress survive suspend sustain swallow swap sweep switch sync synchronize synthesize
    tag take talk tally tap target tell tend terminate test throttle throw tick tie time tip toggle tokenize
    tolerate top toss touch trace track trade trail train transcode transfer transform transition translate transmit
    transport travel traverse treat trigger trim trip truncate trust try tune tunnel turn twist type
    unassign unblock undergo understand undo unify uninstall unload unlock unmount unregister unsubscribe untag
    unwrap update upgrade upload use utilize
    validate value vanish vary verify version view violate virtualize visualize
    wait wake wander warm warn waste watch wear weave weigh weight welcome wind wipe withdraw withstand work worsen
    wrap write
    yield
    zip
""")


def third_person(base: str) -> str:
    """The form in -s of a regular verb: "store" -> "stores"."""
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return base + "es"
    if _ends_in_consonant_y(base):
        return base[:-1] + "ies"
    return base + "s"


def _ends_in_consonant_y(base: str) -> bool:
    return base.endswith("y") and base[-2] not in "aeiou"


THIRD_PERSON = {third_person(base): base for base in sorted(BASES)}

# What could be the plural of a noun is no proof of a verb: after such a form a rule must look for a better one.
# Kept generous on purpose, since a noun taken for a verb makes nonsense of a sentence, a missed verb only skips it.
ALSO_NOUNS = _words("""
    aborts abstracts accesses accounts acts addresses advances aggregates aims alerts aliases answers appends
    archives associates attempts attributes audits authors
    balances bases batches bears benefits bills binds blocks boosts boots bootstraps bounces branches breaks bridges
    broadcasts buffers builds bundles burns bursts buys bypasses
    caches calls captures cascades catalogs catches causes chains challenges changes channels charges checkpoints
    checks chunks claims clicks clones closes clusters codes collapses commands commits complements compromises
    conflicts constructs contacts contracts controls coordinates copies correlates costs counts couples covers
    crashes crosses cuts cycles
    damages dates deals declines decreases decrements defaults delays delegates deletes demands denies deploys
    designs details dies discards disconnects dispatches displays documents downgrades downloads drags drains draws
    drives drops dumps duplicates
    edits ends equals escapes estimates exchanges exits experiences exports extends extracts
    falls fans favors features feeds fetches files fills filters fits fixes flags floats flows flushes focuses
    forces forecasts forks formats forms fragments frames fsyncs functions
    gains gets grants graphs groups guarantees guards guides
    halts handles hands hangs hashes heads highlights hits holds hosts
    impacts imports increases increments indexes influences inserts installs instruments intercepts interconnects
    interrupts isolates issues
    joins
    keys
    labels lags launches layers leads leaks leases leaves levels licenses lifts limits lines links lists lives loads
    locks logs loops
    mandates maps marks masks matches means measures meets merges meters mirrors misses mixes models monitors mounts
    moves multicasts
    names needs nests notes notices numbers
    objects offers offloads offsets opens orders outputs overflows overlaps overlays overloads overrides overwrites
    packages packs pads pages pairs partitions partners passes patches pauses peers permits picks pings pins pipes
    places plans plugs points polls pools ports positions posts powers prefetches prefixes preloads prices prints
    probes processes produces profiles programs projects promises prompts provisions proxies pulls purchases purges
    pushes puts
    quarantines queries queues quotes
    races raises ranges ranks rates reads rebalances reboots rebuilds recalls records redeploys redirects references
    refreshes refunds registers rehosts rejects relays releases reloads renames renders repairs repeats replays
    replies reports requests reruns resends reserves resets resizes respects restarts restores rests results resumes
    resyncs retries returns reverts reviews rewrites rides rises rolls rotates rounds routes runs
    safeguards samples saves scales scans schedules scopes scores screens seals searches segments selects sequences
    sets shapes shards shares shifts ships shuffles signals signs sinks sizes skips slices snapshots sorts sources
    spans spares speeds spends spins splits spreads springs stages stamps starts states stems steps sticks stitches
    stops stores streams strikes strips structures substitutes suits sums supplements supplies swaps sweeps switches
    syncs
    tags talks tallies taps targets tests throttles throws ticks ties times tips toggles tops touches traces tracks
    trades trails trains transfers transforms transitions transports tries triggers trims trips trusts tunes tunnels
    turns twists types
    uninstalls updates upgrades uploads uses
    values versions views
    waits wastes watches weights winds wipes wraps writes
    yields
    zips
""")

# Of a base there are more doubtful forms than of a third person: adjectives, and nouns that have no plural.
BASE_ALSO_NOUNS = frozenset(THIRD_PERSON[form] for form in ALSO_NOUNS) | _words("""
    allow bear clean clear complete compress compute conduct connect convert corrupt designate direct exempt exhaust
    express fail find finish forward free go gzip help hide idle include initiate invite lack last look lower mimic
    multiplex own present refuse replicate reverse rewind secure separate show shut slow spawn stand stay support
    take transmit travel warm work
""")

_IRREGULAR = {
    "bear": "borne",
    "become": "become",
    "begin": "begun",
    "bind": "bound",
    "break": "broken",
    "bring": "brought",
    "broadcast": "broadcast broadcasted",
    "build": "built",
    "burn": "burned burnt",
    "burst": "burst",
    "buy": "bought",
    "catch": "caught",
    "choose": "chosen",
    "come": "come",
    "cost": "cost",
    "cut": "cut",
    "deal": "dealt",
    "draw": "drawn",
    "drive": "driven",
    "fall": "fallen",
    "feed": "fed",
    "find": "found",
    "fit": "fit fitted",
    "forbid": "forbidden",
    "forecast": "forecast forecasted",
    "get": "got gotten",
    "give": "given",
    "go": "gone",
    "grow": "grown",
    "hang": "hung",
    "hide": "hidden",
    "hit": "hit",
    "hold": "held",
    "keep": "kept",
    "know": "known",
    "lead": "led",
    "learn": "learned learnt",
    "leave": "left",
    "let": "let",
    "lose": "lost",
    "make": "made",
    "mean": "meant",
    "meet": "met",
    "mimic": "mimicked",
    "multicast": "multicast multicasted",
    "offset": "offset",
    "output": "output outputted",
    "override": "overridden",
    "overlay": "overlaid",
    "overwrite": "overwritten",
    "pay": "paid",
    "prove": "proved proven",
    "put": "put",
    "read": "read",
    "rebuild": "rebuilt",
    "rerun": "rerun",
    "resend": "resent",
    "reset": "reset",
    "rewind": "rewound",
    "rewrite": "rewritten",
    "rise": "risen",
    "run": "run",
    "say": "said",
    "see": "seen",
    "sell": "sold",
    "send": "sent",
    "set": "set",
    "show": "showed shown",
    "shrink": "shrunk",
    "shut": "shut",
    "speak": "spoken",
    "speed": "sped speeded",
    "spend": "spent",
    "spin": "spun",
    "split": "split",
    "spread": "spread",
    "stand": "stood",
    "stick": "stuck",
    "take": "taken",
    "tell": "told",
    "throw": "thrown",
    "undergo": "undergone",
    "understand": "understood",
    "undo": "undone",
    "withdraw": "withdrawn",
    "withstand": "withstood",
    "write": "written",
}
# Spelling alone does not tell where the stress is, so the longer verbs that double their last consonant are listed.
_DOUBLED = _words("""
    admit bootstrap commit confer control debug defer embed emit format incur infer occur omit overlap permit prefer
    program refer remap retransmit snapshot submit transfer transmit untag unwrap
""")
# American texts write "canceled", British ones "cancelled", and some verbs have both everywhere.
_DOUBLED_OR_NOT = _words("cancel channel label level model signal travel tunnel")
_SHORT = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")  # one syllable, one vowel, one consonant: stop, tag, zip


def _participles(base: str) -> tuple[str, ...]:
    if base in _IRREGULAR:
        return tuple(_IRREGULAR[base].split())
    if base in _DOUBLED_OR_NOT:
        return base + "ed", base + base[-1] + "ed"
    if base in _DOUBLED or _SHORT.fullmatch(base):
        return (base + base[-1] + "ed",)
    if base.endswith("e"):
        return (base + "d",)
    if _ends_in_consonant_y(base):
        return (base[:-1] + "ied",)
    return (base + "ed",)


PARTICIPLES = frozenset(participle for base in BASES for participle in _participles(base))
