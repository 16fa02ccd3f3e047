from interp.serve.tokens import Tokens


def test_a_token_is_offered_only_by_a_session_that_can_be_resumed() -> None:
    assert Tokens(resumable=True).offered
    assert Tokens(resumable=False).offered == ""


def test_a_token_is_good_until_its_successor_has_arrived() -> None:
    tokens = Tokens(resumable=True)
    first = tokens.offered
    tokens.turn()
    assert tokens.offered != first
    assert tokens.good(first)
    assert tokens.good(tokens.offered)
    tokens.confirm()
    assert not tokens.good(first)
    assert tokens.spent(first)


def test_another_gateway_takes_the_same_tokens() -> None:
    tokens = Tokens(resumable=True)
    tokens.turn()
    again = Tokens(tokens.state, resumable=True)
    assert again.state == tokens.state
    assert again.offered == tokens.offered
