from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.gateway import Gateway, connect
from tests.gateway.stand_in import Answer, FakeClock, StandIn, standing_in

KEY = "sk_test_51CanaryCanaryCanary"


@pytest.fixture(scope="session")
def server() -> Iterator[StandIn]:
    with standing_in() as running:
        yield running


@pytest.fixture
def stand_in(server: StandIn) -> StandIn:
    """A new stand-in, as far as a test can tell."""
    server.asked.clear()
    server.answers(Answer())
    return server


@pytest.fixture
def own_stand_in() -> Iterator[StandIn]:
    """One that is gone after the test, with the calls that the test left on their way."""
    with standing_in() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gateway(stand_in: StandIn, clock: FakeClock) -> Iterator[Gateway]:
    with connect(KEY, base_url=stand_in.url, clock=clock) as opened:
        yield opened
