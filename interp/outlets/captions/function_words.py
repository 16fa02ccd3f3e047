"""Words that a line or a cue must not end on: articles, conjunctions, prepositions, by language.

A reader who meets one at the end of a line waits for the noun or the clause that it belongs to.
"""

_WORDS = {
    "en": "a an the and or but nor so if that than as of to in on at by for from with into about"
    " my your his her its our their this these those no every each who which because while",
    "fr": "le la les un une des du de d' l' au aux et ou mais donc or ni car que qu' qui si comme"
    " à en dans par pour sur avec sans sous chez vers mon ma mes ton ta tes son sa ses notre nos"
    " votre vos leur leurs ce cet cette ces",
    "de": "der die das den dem des ein eine einen einem einer eines und oder aber denn sondern dass"
    " weil wenn ob als wie in im an am auf aus bei mit nach von vom zu zum zur für über unter um"
    " durch gegen ohne mein dein sein ihr unser euer kein",
    "es": "el la los las un una unos unas y e o u pero ni que si como de del a al en con por para"
    " sin sobre entre hasta desde mi tu su nuestro nuestra este esta estos estas",
    "it": "il lo la i gli le un uno una l' d' e ed o ma né che se come di del dello della dei degli"
    " delle a al allo alla ai agli alle da dal dalla in nel nella con su sul sulla per tra fra mio"
    " tuo suo nostro vostro loro questo questa",
    "pt": "o a os as um uma uns umas e ou mas nem que se como de do da dos das em no na nos nas a"
    " ao à aos às por pelo pela para com sem sobre entre até meu minha seu sua nosso nossa este"
    " esta",
    "nl": "de het een en of maar want dat die als dan van in op aan bij met naar uit voor door over"
    " om te mijn jouw zijn haar ons onze hun geen",
    "ca": "el la els les un una uns unes i o però ni que si com de del a al en amb per sense sobre",
    "sv": "en ett den det de och eller men att som om av i på till för med från vid",
    "da": "en et den det de og eller men at som om af i på til for med fra ved",
    "no": "en et ei den det de og eller men at som om av i på til for med fra ved",
    "pl": "i a oraz lub albo ale że bo w we z ze na do od po o u za przez dla przy",
    "ru": "и а но или что чтобы если в во на с со к ко из от до по о об за у при для без над под",
}
_BY_LANGUAGE = {language: frozenset(words.split()) for language, words in _WORDS.items()}


def leans_on_next(word: str, language: str) -> bool:
    """Whether it is such a word; with a mark after it, it stands for itself."""
    return word.strip().lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") in _BY_LANGUAGE.get(
        language, ()
    )
