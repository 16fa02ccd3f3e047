from interp.core.glossary import Glossary, Term
from interp.models.cascade.terms import hotwords

BOTH = Glossary((Term("pound key", "tecla cardinal"),), ("Debrecen", "Tokaj"))


def test_a_transcriber_is_shown_what_is_expected_and_then_the_terms() -> None:
    assert hotwords(BOTH, spoken=True) == "Debrecen, Tokaj, pound key."
    assert hotwords(BOTH, spoken=False) == "Debrecen, Tokaj, tecla cardinal."
    assert hotwords(Glossary(), spoken=True) == ""
