import pytest

from interp.serve.link import rest_ms


@pytest.mark.parametrize(
    ("spent_ms", "rest"),
    [
        (2, 23),  # a machine with time to spare
        (2.5, 22.5),
        (8, 72),  # one without: no more than a tenth of the time, as far as that can be waited for
        (500, 75),
    ],
)
def test_calls_take_no_more_than_their_share_of_the_time(spent_ms: float, rest: float) -> None:
    assert rest_ms(25, spent_ms) == pytest.approx(rest)
