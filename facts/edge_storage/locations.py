"""Where the lab's viewers can be, and how far everything is from them."""

from dataclasses import dataclass
from typing import Any

from facts.edge_storage.settings import LabError, show

ORIGIN_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Location:
    """An edge location, with the Region that holds its regional edge cache and runs its Lambda@Edge functions.

    The milliseconds are rough one-way times; AWS publishes neither them nor which location uses which Region.
    """

    code: str  # of the nearest airport, as CloudFront names its locations
    city: str
    country: str
    region: str
    viewer_ms: float  # from the viewer to the edge location
    region_ms: float  # on to the Region
    origin_ms: float  # on to the load balancer in the Region of the origin


_LOCATIONS = (
    Location("BOM", "Mumbai", "IN", "ap-south-1", 9, 1, 95),
    Location("DUB", "Dublin", "IE", "eu-west-1", 5, 1, 34),
    Location("FRA", "Frankfurt", "DE", "eu-central-1", 5, 1, 45),
    Location("GRU", "São Paulo", "BR", "sa-east-1", 8, 1, 57),
    Location("IAD", "Washington", "US", "us-east-1", 5, 1, 1),
    Location("ICN", "Seoul", "KR", "ap-northeast-2", 4, 1, 90),
    Location("JFK", "New York", "US", "us-east-1", 5, 4, 1),
    Location("LHR", "London", "GB", "eu-west-2", 5, 1, 38),
    Location("NRT", "Tokyo", "JP", "ap-northeast-1", 4, 1, 75),
    Location("ORD", "Chicago", "US", "us-east-2", 6, 4, 6),
    Location("SEA", "Seattle", "US", "us-west-2", 6, 3, 33),
    Location("SFO", "San Francisco", "US", "us-west-1", 6, 1, 31),
    Location("SIN", "Singapore", "SG", "ap-southeast-1", 5, 1, 110),
    Location("SYD", "Sydney", "AU", "ap-southeast-2", 6, 1, 100),
    Location("WAW", "Warsaw", "PL", "eu-central-1", 6, 9, 45),
)
LOCATIONS = {location.code: location for location in _LOCATIONS}


def find_location(code: Any) -> Location:
    if not isinstance(code, str) or code not in LOCATIONS:
        raise LabError(f"There is no edge location {show(code)} in the lab; choose one of {', '.join(LOCATIONS)}.")
    return LOCATIONS[code]
