import json
import math
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts.edge_storage.caches import MAX_CACHED, Cache, CachedAnswer
from facts.edge_storage.functions import edge as edge_file
from facts.edge_storage.lab import MAX_TRACES
from facts.edge_storage.simulation import (
    LOCATIONS,
    Behaviour,
    Lab,
    LabError,
    LabSettings,
    count_requests,
    perform,
    read_settings,
    replay,
)
from facts.edge_storage.traces import STEPS

SEEDS = range(50)
SOURCE = Path(edge_file.__file__).read_text()
FAILING = compile('def handler(event, context): print("on", "it"); raise KeyError("key")', "target.py", "exec")


def values(traces):
    return [trace.custom_header for trace in traces]


def send_for(lab, seconds, **options):
    """Requests one after the other for this long."""
    until = lab.now + seconds
    traces = []
    while lab.now < until:
        traces.append(lab.send(**options))
    return traces


def change_edge(old, new):
    """The code of another function at the edge."""
    assert old in SOURCE
    return compile(SOURCE.replace(old, new), "edge.py", "exec")


# What the experiment shows


@pytest.mark.parametrize("seed", SEEDS)
def test_requests_one_after_the_other_find_the_same_value(seed):
    lab = Lab(seed)
    traces = send_for(lab, 10)
    assert len(traces) > 50
    assert len(set(values(traces))) == 1
    assert [trace.is_cold for trace in traces] == [True] + [False] * (len(traces) - 1)
    times = [line.time for line in lab.log]
    assert times == sorted(set(times))  # the time moves on


def test_value_is_the_time_at_which_the_environment_started():
    trace = Lab(1).send()
    arrived = sum(trace.step_ms[:3])
    cold_start = trace.latency["function"] - 1.5
    assert trace.custom_header == f"2026-01-05T09:00:00.{int(arrived + cold_start):03d}Z"
    assert 120 <= cold_start <= 400


@pytest.mark.parametrize("seed", SEEDS)
def test_burst_opens_an_environment_for_each_request(seed):
    traces = Lab(seed).burst(8)
    assert len({trace.environment for trace in traces}) == 8
    assert len(set(values(traces))) > 4  # some may have started in the same millisecond
    assert all(trace.is_cold for trace in traces)


def test_second_burst_finds_the_values_of_the_first():
    lab = Lab(1)
    first, second = lab.burst(8), lab.burst(8)
    assert Counter(values(first)) == Counter(values(second))
    assert not any(trace.is_cold for trace in second)


def test_larger_burst_opens_what_is_missing():
    lab = Lab(1)
    lab.burst(3)
    assert Counter(trace.is_cold for trace in lab.burst(5)) == {True: 2, False: 3}


@pytest.mark.parametrize("seed", SEEDS)
def test_value_is_new_once_the_environment_was_idle_for_long(seed):
    lab = Lab(seed)
    first = lab.send()
    lab.wait(240)
    assert lab.send().custom_header == first.custom_header
    lab.wait(1000)
    second = lab.send()
    assert second.custom_header > first.custom_header
    assert second.is_cold


@pytest.mark.parametrize("seed", SEEDS)
def test_no_environment_outlives_its_age_though_it_is_never_idle(seed):
    lab = Lab(seed)
    seen = set()
    for _ in range(250):
        seen.add(lab.send().custom_header)
        lab.wait(120)
    assert 1 < len(seen) <= 5


def test_lifetimes_are_drawn_for_each_environment():
    waits = {Lab(seed, LabSettings(idle_seconds=(10, 1000))).settings.idle_seconds for seed in SEEDS}
    assert waits == {(10, 1000)}
    recycled = []
    for seed in SEEDS:
        lab = Lab(seed, LabSettings(idle_seconds=(10, 1000)))
        lab.send()
        lab.wait(500)
        recycled.append(lab.send().is_cold)
    assert 10 < sum(recycled) < 40


def test_deployment_makes_all_environments_new():
    lab = Lab(1)
    before = lab.burst(4)
    assert lab.deploy() == 2
    after = lab.burst(4)
    assert {trace.version for trace in before} == {1}
    assert {trace.version for trace in after} == {2}
    assert not {trace.environment for trace in before} & {trace.environment for trace in after}
    assert not any(trace.target_is_cold for trace in after)


def test_locations_of_one_region_share_environments_and_others_do_not():
    lab = Lab(1)
    frankfurt, warsaw, tokyo = lab.send("FRA"), lab.send("WAW"), lab.send("NRT")
    assert frankfurt.region == warsaw.region
    assert frankfurt.custom_header == warsaw.custom_header
    assert tokyo.is_cold
    assert tokyo.environment != frankfurt.environment


def test_sessions_are_counted_by_each_environment():
    lab = Lab(1)
    assert [lab.send(session="alice").session_visits for _ in range(3)] == ["1", "2", "3"]
    assert {trace.session_visits for trace in lab.burst(3, session="alice")} == {"1", "4"}
    assert lab.send().session_visits == ""
    assert sum(view.sessions for view in lab.environments()) == 3


def test_visits_are_told():
    lab = Lab(1)
    lab.send(session="alice")
    assert "To it, this is visit 2 of the session." in dict(lab.send(session="alice").steps)["Lambda@Edge"]


def test_sessions_are_not_seen_if_cookies_are_not_forwarded():
    assert Lab(1, LabSettings(forwards_cookies=False)).send(session="alice").session_visits == ""


def test_burst_of_sessions_takes_them_in_turn():
    assert [trace.session for trace in Lab(1).burst(5, sessions=2)] == ["s1", "s2", "s1", "s2", "s1"]


# Caches


def test_ttl_of_zero_asks_the_origin_every_time():
    lab = Lab(1)
    assert [lab.send().edge_cache for _ in range(3)] == ["off"] * 3
    assert len(lab.log) == 3


def test_ttl_above_zero_spares_the_origin_and_leaves_no_log():
    lab = Lab(1, LabSettings(ttl=60))
    first, *others = send_for(lab, 10)
    assert (first.edge_cache, first.regional_cache) == ("miss", "miss")
    assert {trace.edge_cache for trace in others} == {"hit"}
    assert {trace.body for trace in others} == {first.body}
    assert {(trace.environment, trace.custom_header, trace.target) for trace in others} == {("", "", "")}
    assert len(lab.log) == 1


def test_cached_answer_is_fetched_anew_when_its_time_is_up():
    lab = Lab(1, LabSettings(ttl=60))
    first = lab.send()
    lab.wait(59)
    assert lab.send().edge_cache == "hit"
    lab.wait(1)
    later = lab.send()
    assert (later.edge_cache, later.regional_cache) == ("miss", "miss")
    assert later.custom_header == first.custom_header
    assert later.body != first.body


def test_regional_cache_serves_other_locations_of_the_region():
    lab = Lab(1, LabSettings(ttl=60))
    lab.send("FRA")
    warsaw = lab.send("WAW")
    assert (warsaw.edge_cache, warsaw.regional_cache, warsaw.target) == ("miss", "hit", "")
    assert dict(warsaw.steps)["Regional edge cache"].startswith("The cache in eu-central-1 has a fresh answer.")
    assert lab.send("WAW").edge_cache == "hit"
    assert lab.send("NRT").target != ""


def test_copy_at_the_edge_is_as_old_as_that_in_the_region():
    lab = Lab(1, LabSettings(ttl=60))
    lab.send("FRA")
    lab.wait(40)
    assert lab.send("WAW").regional_cache == "hit"
    lab.wait(30)
    assert lab.send("WAW").regional_cache == "miss"


def test_query_string_and_cookies_are_not_part_of_the_cache_key():
    lab = Lab(1, LabSettings(ttl=60))
    lab.send(path="/page?a=1", session="alice")
    assert lab.send(path="/page?a=2", session="bob").edge_cache == "hit"
    assert lab.send(path="/other").edge_cache == "miss"


def test_burst_with_cookies_forwarded_goes_to_the_origin_as_a_whole():
    traces = Lab(1, LabSettings(ttl=60)).burst(5)
    assert {trace.edge_cache for trace in traces} == {"miss"}
    assert len({trace.environment for trace in traces}) == 5


def test_burst_without_cookies_waits_for_one_answer():
    lab = Lab(1, LabSettings(ttl=60, forwards_cookies=False))
    first, *others = lab.burst(5)
    assert {trace.edge_cache for trace in others} == {"waited"}
    assert {trace.body for trace in others} == {first.body}
    assert all(abs(trace.total_ms - first.total_ms) < 5 for trace in others)
    assert len(lab.log) == 1


def test_ttl_can_be_changed():
    lab = Lab(1)
    lab.send()
    lab.set_ttl(60)
    assert [lab.send().edge_cache, lab.send().edge_cache] == ["miss", "hit"]
    lab.set_ttl(0)
    assert lab.send().edge_cache == "off"


def test_behaviours_apply_in_their_order_and_then_the_default():
    behaviours = (Behaviour("img/*.jpg", ttl=60), Behaviour("/plain?", runs_function=False), Behaviour("/img/*", ttl=5))
    lab = Lab(1, LabSettings(behaviours=behaviours))
    ttls = [lab.send(path=path).ttl for path in ("/img/a/b.jpg", "/img/a.png", "/IMG/a.jpg", "/plain1", "/plain")]
    assert ttls == [60, 5, 0, 0, 0]
    plain = lab.send(path="/plain1?x=1")
    assert (plain.environment, plain.custom_header, plain.status) == ("", "", 200)
    assert "first ran at unknown" in plain.body


def test_cache_is_bounded_and_forgets_what_was_not_asked_for():
    cache = Cache()
    for number in range(MAX_CACHED + 1):
        cache.keep(f"/{number}", CachedAnswer("", 0, 100))
        cache.find("/0", 50)
    assert cache.find("/0", 50)
    assert not cache.find("/1", 50)
    assert not cache.find("/0", 100)


def test_errors_are_not_cached():
    lab = Lab(1, LabSettings(ttl=60))
    assert [lab.send(fault="target").status, lab.send().edge_cache, lab.send().edge_cache] == [500, "miss", "hit"]


# What goes wrong


def test_spoilt_event_at_the_edge_is_answered_by_the_function():
    lab = Lab(1)
    trace = lab.send(fault="edge")
    assert (trace.status, trace.target, trace.custom_header) == (502, "", "")
    (line,) = lab.log
    assert (line.function, line.message) == ("edge", "Not an origin request event of CloudFront: cf.request is missing")


@pytest.mark.parametrize("is_multi_value", [False, True])
def test_spoilt_event_at_the_target_is_answered_by_the_function(is_multi_value):
    lab = Lab(1, LabSettings(multi_value_headers=is_multi_value))
    assert (lab.send(fault="target").status, lab.send().status) == (500, 200)
    assert [line.message != "" for line in lab.log] == [True, False]


def test_function_that_fails_gives_503_and_its_environment_lives_on():
    lab = Lab(1, edge=change_edge("    return request\n", '    raise RuntimeError("no luck")\n'))
    first, second = lab.send(), lab.send()
    assert (first.status, first.error) == (503, "The function failed with RuntimeError.")
    assert first.environment == second.environment
    assert lab.log[0].message == "[ERROR] RuntimeError: no luck"
    assert lab.summary().errors == 2


def test_target_that_fails_gives_502():
    lab = Lab(1, target=FAILING)
    trace = lab.send()
    assert (trace.status, trace.error) == (502, "The function failed with KeyError.")
    assert trace.custom_header
    assert [line.text for line in lab.log] == ["on it", "[ERROR] KeyError: 'key'"]


def test_function_without_a_store_keeps_nothing():
    lab = Lab(1, edge=change_edge("SESSIONS", "KEPT"))
    assert [lab.send(session="a").session_visits, lab.send(session="a").session_visits] == ["1", "2"]
    assert [(view.sessions, view.stored_bytes) for view in lab.environments()] == [(0, 0)]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ('headers["via"] = CUSTOM_HEADER', "the header via is read-only"),
        ('headers["via"][0]["value"] = "mine"', "the header via is read-only"),
        ('headers["connection"] = CUSTOM_HEADER', "the header connection is not allowed"),
        ("headers.clear()", "the header via is read-only"),
        ("return None", "the function returned neither a request nor a response"),
    ],
)
def test_function_that_breaks_the_rules_gives_502(change, refusal):
    lab = Lab(1, edge=change_edge("    return request\n", f"    {change}\n    return request\n"))
    for trace in (lab.send(), lab.send()):
        assert (trace.status, trace.error) == (502, f"CloudFront did not accept it: {refusal}.")


def test_environment_ends_when_the_store_outgrows_the_memory():
    greedy = change_edge("ENTRY_BYTES = 256", "ENTRY_BYTES = 40 * 1024 * 1024; MAX_BYTES *= 1000")
    lab = Lab(1, edge=greedy)
    assert [lab.send(session=name).status for name in ("a", "b", "c", "d")] == [200, 200, 503, 200]
    assert "signal: killed" in lab.log[2].message
    roomy = Lab(1, LabSettings(memory_mb=10_240), edge=greedy)
    assert [roomy.send(session=name).status for name in ("a", "b", "c", "d")] == [200, 200, 200, 200]


def test_memory_stays_bounded_under_many_sessions():
    lab = Lab(1, edge=change_edge("MAX_SESSIONS = 50_000", "MAX_SESSIONS = 100"))
    for number in range(1000):
        assert lab.send(session=f"s{number}").status == 200
    (view,) = lab.environments()
    assert view.sessions == 100
    assert view.stored_bytes < 100 * 300


def test_requests_over_the_concurrency_limit_are_refused():
    lab = Lab(1, LabSettings(concurrency_limit=3))
    traces = lab.burst(5)
    assert [trace.status for trace in traces] == [200, 200, 200, 503, 503]
    assert traces[-1].error == "More requests at a time are not allowed to the function."
    assert {trace.status for trace in lab.burst(3)} == {200}


# What is told


@pytest.mark.parametrize("seed", SEEDS)
def test_trace_has_a_latency_and_a_sentence_for_each_step(seed):
    for trace in (Lab(seed).send(), Lab(seed, LabSettings(ttl=60)).send()):
        assert list(trace.latency) == list(STEPS)
        assert trace.total_ms == pytest.approx(sum(trace.latency.values()))
        assert all(ms > 0 for ms in trace.step_ms)
        assert [name for name, _ in trace.steps] == list(STEPS.values())
        assert all(told.endswith(".") for _, told in trace.steps)


def test_trace_of_a_cached_answer_has_fewer_steps_and_takes_less_time():
    lab = Lab(1, LabSettings(ttl=60))
    slow, quick = lab.send(), lab.send()
    assert [name for name, _ in quick.steps] == ["Viewer", "Edge location", "Back to the viewer"]
    assert quick.total_ms < 20 < slow.total_ms
    assert [name for name, ms in quick.latency.items() if ms] == ["viewer", "edge", "back"]


def test_time_passes_with_each_request_and_once_for_a_burst():
    lab = Lab(1)
    trace = lab.send()
    assert lab.now == pytest.approx(trace.total_ms / 1000)
    before = lab.now
    traces = lab.burst(5)
    assert {one.time for one in traces} == {before}
    assert lab.now == pytest.approx(before + max(one.total_ms for one in traces) / 1000)


def test_log_shows_what_the_functions_printed():
    lab = Lab(1)
    trace = lab.send(session="alice")
    (line,) = lab.log
    printed = json.loads(line.text)
    assert (line.time, line.custom_header) == (printed["time"], printed["headers"]["custom_header"])
    assert (line.environment, line.is_cold, line.location, line.cache) == (trace.environment, True, "FRA", "off")
    assert line.session_visits == "1"


def test_log_and_traces_are_bounded():
    lab = Lab(1)
    lab.burst(1000)
    lab.burst(10)
    assert (len(lab.traces), len(lab.log)) == (MAX_TRACES, MAX_TRACES)
    assert lab.log[-1].request == 1010


def test_summary_counts_what_the_traces_say():
    lab = Lab(3, LabSettings(ttl=1, region_table_ms=50))
    for number in range(40):
        lab.burst(number % 4 + 1, "FRA" if number % 3 else "NRT", path=f"/{number % 5}")
        lab.wait(30 * (number % 7) + 1)
    traces, summary = list(lab.traces), lab.summary()
    assert summary.requests == len(traces) == 100
    assert summary.cache_hits == sum(trace.is_cached for trace in traces)
    assert summary.origin_requests == 100 - summary.cache_hits
    assert summary.environments == len({trace.environment for trace in traces} - {""})
    assert summary.target_environments == len({trace.target for trace in traces} - {""})
    assert summary.reused == sum(bool(trace.custom_header) and not trace.is_cold for trace in traces)
    assert summary.saved_ms == 50 * summary.reused
    assert summary.cold_starts == sum(trace.is_cold or trace.target_is_cold for trace in traces)
    assert summary.seconds == lab.now


def test_summary_measures_reuse_from_the_birth_of_the_value():
    lab = Lab(1)
    lab.send()
    lab.wait(100)
    lab.send()
    lab.deploy()
    lab.send()
    assert lab.summary().longest_reuse == pytest.approx(100, abs=1)


@pytest.mark.parametrize("count", [1, 2, 19, 20, 100])
def test_summary_percentiles_cover_their_share_of_the_requests(count):
    lab = Lab(1)
    times = [lab.send().total_ms for _ in range(count)]
    summary = lab.summary()
    for percent, limit in ((50, summary.p50_ms), (95, summary.p95_ms)):
        assert sum(time <= limit + 0.05 for time in times) >= count * percent / 100
        assert sum(time < limit - 0.05 for time in times) < count * percent / 100


def test_summary_of_nothing():
    assert asdict(Lab(1).summary()) | {"region_table_ms": 0} == dict.fromkeys(asdict(Lab(1).summary()), 0)


# The same again

locations = st.sampled_from(sorted(LOCATIONS))
sessions = st.sampled_from(["", "alice", "bob"])
actions = st.one_of(
    st.fixed_dictionaries(
        {"do": st.just("send")},
        optional={
            "location": locations,
            "session": sessions,
            "path": st.sampled_from(["/", "/a?b=c"]),
            "fault": st.sampled_from(["", "edge", "target"]),
        },
    ),
    st.fixed_dictionaries(
        {"do": st.just("burst"), "count": st.integers(1, 20)},
        optional={"location": locations, "session": sessions, "path": st.just("/b"), "sessions": st.integers(0, 3)},
    ),
    st.fixed_dictionaries({"do": st.just("wait"), "seconds": st.floats(0.001, 604_800)}),
    st.fixed_dictionaries({"do": st.just("deploy")}),
    st.fixed_dictionaries({"do": st.just("ttl"), "ttl": st.sampled_from([0, 1, 60, 3600])}),
)
settings = st.builds(
    LabSettings,
    ttl=st.sampled_from([0, 60]),
    forwards_cookies=st.booleans(),
    multi_value_headers=st.booleans(),
    concurrency_limit=st.sampled_from([5, 1000]),
)


def tell(lab):
    """All that a lab says, as text."""
    told = [list(lab.traces), lab.log, lab.summary(), lab.environments(), [trace.steps for trace in lab.traces]]
    return repr((lab.now, lab.version, lab.ttl, told))


@given(st.integers(0, 2**63), settings, st.lists(actions, max_size=15))
def test_replay_is_the_same_every_time_also_after_json(seed, settings, actions):
    lab = replay(seed, settings, actions)
    again = replay(seed, read_settings(json.loads(json.dumps(asdict(settings)))), json.loads(json.dumps(actions)))
    assert tell(lab) == tell(again)
    assert lab.summary().requests == count_requests(actions)


@given(st.integers(0, 2**63), settings, st.lists(actions, max_size=15))
def test_whatever_is_done_the_lab_stays_sound(seed, settings, actions):
    lab = Lab(seed, settings)
    for action in actions:
        before = lab.now
        traces = perform(lab, action)
        assert lab.now >= before
        environments = [trace.environment for trace in traces if trace.environment]
        assert len(environments) == len(set(environments)) <= settings.concurrency_limit
        for trace in traces:
            assert trace.status in (200, 500, 502, 503)
            assert trace.is_cached == (trace.edge_cache != "off" and not trace.environment and trace.status == 200)
            assert bool(trace.error) == (trace.status >= 500)
    assert len({view.id for view in lab.environments()}) == len(lab.environments())


def test_other_seed_other_latencies():
    assert len({Lab(seed).send().total_ms for seed in SEEDS}) == len(SEEDS)


def test_same_in_another_process():
    """Whatever the order of sets is there."""
    script = (
        "from facts.edge_storage.simulation import Lab; lab = Lab(7); lab.burst(9, sessions=3); lab.wait(700);"
        "lab.set_ttl(9); lab.burst(9, 'WAW'); print(lab.summary(), list(lab.traces))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


# What cannot be meant


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (None, "An action is a record that says what to do, not None."),
        ({}, "The lab can send, burst, wait, deploy, ttl, but not do None."),
        ({"do": ["send"]}, "The lab can send, burst, wait, deploy, ttl, but not do ['send']."),
        ({"do": "send", "count": 3}, "There is nothing called 'count' to say about send."),
        ({"do": "send", "location": "XYZ"}, "There is no edge location 'XYZ' in the lab; choose one of BOM,"),
        ({"do": "send", "location": ["FRA"]}, "There is no edge location ['FRA'] in the lab; choose one of BOM,"),
        ({"do": "send", "session": "a b"}, "A session is named with up to 64 letters, digits, _ and -, not 'a b'."),
        ({"do": "send", "session": 1}, "A session is named with up to 64 letters, digits, _ and -, not 1."),
        ({"do": "send", "session": "x" * 65}, "A session is named with up to 64 letters, digits, _ and -, not 'xxx"),
        ({"do": "send", "path": "no/slash"}, "A path starts with /"),
        ({"do": "send", "path": "/a b"}, "A path starts with /"),
        ({"do": "send", "path": "/" + "x" * 200}, "A path starts with /"),
        ({"do": "send", "path": "/\n"}, "A path starts with /"),
        ({"do": "send", "fault": "all"}, "An event can be spoilt for the function at the edge or for the target, not"),
        ({"do": "burst"}, "The count of burst is missing."),
        ({"do": "burst", "count": 0}, "A burst has from 1 to 1,000 requests, not 0."),
        ({"do": "burst", "count": -3}, "A burst has from 1 to 1,000 requests, not -3."),
        ({"do": "burst", "count": 1_000_000}, "A burst has from 1 to 1,000 requests, not 1,000,000."),
        ({"do": "burst", "count": 10**5000}, "A burst has from 1 to 1,000 requests, not a number that large."),
        ({"do": "burst", "count": 2.0}, "A burst has from 1 to 1,000 requests, not 2.0."),
        ({"do": "burst", "count": "5"}, "A burst has from 1 to 1,000 requests, not '5'."),
        ({"do": "burst", "count": True}, "A burst has from 1 to 1,000 requests, not True."),
        ({"do": "burst", "count": 2, "sessions": -1}, "There are from 0 to 1,000,000 sessions, not -1."),
        ({"do": "wait"}, "The seconds of wait is missing."),
        (
            {"do": "wait", "seconds": 0},
            "Time passes by more than 0 seconds and by at most 604,800, a week, at once, not 0",
        ),
        ({"do": "wait", "seconds": -1}, "Time passes by more than 0 seconds"),
        ({"do": "wait", "seconds": 604_801}, "Time passes by more than 0 seconds"),
        ({"do": "wait", "seconds": math.nan}, "Time passes by more than 0 seconds"),
        ({"do": "wait", "seconds": math.inf}, "Time passes by more than 0 seconds"),
        ({"do": "deploy", "version": 2}, "There is nothing called 'version' to say about deploy."),
        ({"do": "ttl", "ttl": -1}, "A TTL is a whole number of seconds from 0 to 31,536,000, a year, not -1."),
        ({"do": "ttl", "ttl": 0.5}, "A TTL is a whole number of seconds from 0 to 31,536,000, a year, not 0.5."),
    ],
)
def test_action_that_cannot_be_meant_is_refused_and_changes_nothing(action, message):
    lab = Lab(1)
    lab.burst(3)
    before = tell(lab)
    with pytest.raises(LabError) as caught:
        perform(lab, action)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 200
    assert tell(lab) == before


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("send", {"location": "XYZ"}),
        ("send", {"path": ""}),
        ("send", {"session": None}),
        ("burst", {"count": -3}),
        ("burst", {"count": 1_000_000}),
        ("burst", {"count": 2, "location": "XYZ"}),
        ("wait", {"seconds": -1}),
        ("set_ttl", {"ttl": -1}),
    ],
)
def test_call_that_cannot_be_meant_changes_nothing(method, arguments):
    lab = Lab(1)
    with pytest.raises(LabError):
        getattr(lab, method)(**arguments)
    assert tell(lab) == tell(Lab(1))


def test_replay_does_nothing_if_any_action_cannot_be_done():
    with pytest.raises(LabError, match="not -3"):
        replay(1, LabSettings(), [{"do": "burst", "count": 1000}] * 20 + [{"do": "burst", "count": -3}])


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ("send", "The actions are a list, not 'send'."),
        ([{"do": "deploy"}] * 1001, "One lab takes up to 1,000 actions."),
        ([{"do": "burst", "count": 1000}] * 20 + [{"do": "send"}], "One lab takes up to 20,000 requests."),
    ],
)
def test_replay_is_bounded(actions, message):
    with pytest.raises(LabError) as caught:
        replay(1, LabSettings(), actions)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "The settings are a record, not []."),
        ({"colour": 1}, "The lab has no setting 'colour'."),
        ({"ttl": -1}, "A TTL is a whole number of seconds"),
        ({"region_table_ms": -1}, "Asking a table takes from 0 to 60,000 milliseconds, not -1."),
        ({"region_table_ms": "95"}, "Asking a table takes from 0 to 60,000 milliseconds, not '95'."),
        ({"memory_mb": 64}, "A function has from 128 to 10,240 MB of memory, not 64."),
        ({"concurrency_limit": 0}, "The lab runs 1 to 1,000 requests at a time, not 0."),
        ({"forwards_cookies": 1}, "forwards_cookies is true or false, not 1."),
        ({"idle_seconds": [5]}, "An environment stays idle from 1 to 604,800 seconds: it needs a lower and an upper"),
        ({"idle_seconds": [9, 5]}, "An environment stays idle from 1 to 604,800 seconds: the lower bound 9 is above"),
        ({"age_seconds": [0, 5]}, "An environment lives from 1 to 604,800 seconds, not 0."),
        ({"cold_start_ms": None}, "A cold start takes from 1 to 10,000 milliseconds: it needs"),
        ({"behaviours": "all"}, "Each behaviour has a pattern"),
        ({"behaviours": [{"ttl": 5}]}, "Each behaviour has a pattern"),
        ({"behaviours": [{"pattern": "/a b"}]}, "A path pattern is made of URL characters, * and ?, not '/a b'."),
        ({"behaviours": [{"pattern": "/a", "ttl": -1}]}, "A TTL is a whole number of seconds"),
        ({"behaviours": [{"pattern": "/a"}] * 21}, "The lab's distribution takes up to 20 behaviours, not 21."),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(values, message):
    with pytest.raises(LabError) as caught:
        read_settings(values)
    assert str(caught.value).startswith(message)


def test_behaviours_that_are_none_are_refused():
    with pytest.raises(LabError, match="The behaviours are a list of behaviours, not"):
        LabSettings(behaviours=["/"])


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "7", None])
def test_seed_that_cannot_be_meant_is_refused(seed):
    with pytest.raises(LabError, match="A seed is a whole number"):
        Lab(seed)


def test_pattern_that_could_be_tried_in_very_many_ways_costs_nothing():
    lab = Lab(1, LabSettings(behaviours=(Behaviour("/" + "a*" * 99, ttl=5),)))
    assert lab.send(path="/" + "a" * 198 + "b").ttl == 5
    assert lab.send(path="/" + "a" * 98 + "b").ttl == 0
