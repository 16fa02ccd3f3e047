"""`interp translate`: recordings through the session engine in this process."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from interp import app
from interp.commands.options.session import session_config
from interp.commands.outputs import Outputs, Wanted, beside, check_room, planned
from interp.commands.settings import deployment_of
from interp.commands.slides import cues_of
from interp.core.clock import VirtualClock
from interp.core.config import SessionConfig
from interp.core.errors import InterpError
from interp.core.languages import language_of
from interp.engine.recording import interpret
from interp.engine.session import Session
from interp.intake.file import About, about, read_recording
from interp.outlets.captions.file import CaptionFile
from interp.outlets.outlet import Outlet, opened
from interp.outlets.report import Report
from interp.outlets.sound import SpeechFile
from interp.outlets.under import Underlay
from interp.outlets.video import Additions, Original, write_copy
from interp.policies import parse


def run(args: argparse.Namespace) -> int:
    """Translate each file; the models are loaded once. 1 if a file could not be."""
    parse(args.policy)
    language = language_of(args.target)
    plans = planned(args.files, Wanted(args.captions, args.speech, args.mux), language)
    found = [_about(file, args.track) for file in args.files]
    check_room(
        (plan, each.length_s or 0, each.size)
        for plan, each in zip(plans, found, strict=True)
        if isinstance(each, About)
    )
    batch = _Batch(args, language)
    failed = 0
    for file, plan, each in zip(args.files, plans, found, strict=True):
        if isinstance(each, Exception):
            failed += batch.refuse(file, each)
        else:
            failed += batch.translate(file, plan, each)
    if len(args.files) > 1 and not args.json:
        print(f"{len(args.files) - failed} of {len(args.files)} recordings translated")
    return 1 if failed else 0


def _about(file: Path, track: int | None) -> About | Exception:
    try:
        return about(file, track)
    except (InterpError, OSError) as error:
        return error


class _Batch:
    """Recordings one after the other; a bad one does not stop the rest."""

    def __init__(self, args: argparse.Namespace, language: str) -> None:
        self._args, self._language = args, language
        self._several = len(args.files) > 1
        self._deployment = deployment_of(args)
        self._models = app.models(self._deployment.models, speaking=bool(args.speech or args.mux))
        # A copy of a video gets a voice where there is one; --speech insists on it.
        self._speaks = bool(args.speech) or language in {v.language for v in self._models.voices}
        self._config = session_config(args, speech=self._speaks)
        self._session(VirtualClock())  # what is not served is refused before any work
        self._cues = cues_of(args.slides) if args.slides else []

    def _session(self, clock: VirtualClock) -> Session:
        return app.session(self._config, self._models, clock, self._deployment)

    def refuse(self, file: Path, error: Exception) -> int:
        """Say why; counts one."""
        text = error.strerror if isinstance(error, OSError) and error.strerror else error
        print(f"interp translate: {file}: {text}", file=sys.stderr)
        return 1

    def translate(self, file: Path, plan: Outputs, found: About) -> int:
        """One recording; 0, or 1 where it failed."""
        if self._several and not self._args.json:
            print(f"== {file}", flush=True)
        try:
            self._translate(file, self._with_captions(file, plan, found), found)
        except BrokenPipeError:
            raise
        except (InterpError, OSError) as error:
            return self.refuse(file, error)
        return 0

    def _with_captions(self, file: Path, plan: Outputs, found: About) -> Outputs:
        """A video gets captions beside it, unless they are wanted elsewhere or would be in the
        way of a file that is there."""
        path = beside(file, self._language, ".srt")
        if not found.video or plan.captions or plan.video or self._args.json:
            return plan
        if path.exists():
            print(f"{file}: {path.name} is there and stays as it is", file=sys.stderr)
            return plan
        return replace(plan, captions=path)

    def _translate(self, file: Path, plan: Outputs, found: About) -> None:
        args = self._args
        report = Report(str(file), as_json=args.json, out=sys.stdout, err=sys.stderr)
        recording = read_recording(file, args.track)
        for note in (*found.notes, *recording.notes):
            report.warn(str(note))
        clock = VirtualClock()
        events = interpret(
            self._session(clock),
            recording.samples,
            clock,
            pace=real_time() if args.realtime else None,
            cues=self._cues,
        )
        with tempfile.TemporaryDirectory() as folder:
            under = None if args.under is None else Underlay(recording.samples, args.under)
            # Files first: what was shown is saved, wherever an interruption falls.
            outlets = file_outlets(plan, self._config, under, bilingual=args.bilingual)
            parts = Outputs(Path(folder, "captions.srt"), Path(folder, "speech.wav"))
            if plan.video:
                parts = parts if self._speaks else replace(parts, speech=None)
                outlets += file_outlets(parts, self._config, None, bilingual=args.bilingual)
            try:
                with opened([*outlets, report]) as take:
                    for event in events:
                        take(event)
            except BaseException:
                if plan.video and parts.captions:
                    self._rescue(parts.captions, beside(plan.video, self._language, ".srt"))
                raise
            if plan.video and parts.captions:
                captions = parts.captions.read_text(encoding="utf-8")
                spoken = tuple(outlets[-1].spoken) if isinstance(outlets[-1], SpeechFile) else ()
                original = Original(args.original)
                added = Additions(
                    captions, parts.speech, self._language, original, args.track, spoken
                )
                write_copy(file, plan.video, added)

    def _rescue(self, captions: Path, path: Path) -> None:
        """A copy of a video that was not finished is none: its captions are kept by themselves."""
        if captions.exists() and not path.exists():
            shutil.copyfile(captions, path)
            print(f"captions so far: {path}", file=sys.stderr)


def file_outlets(
    plan: Outputs, config: SessionConfig, under: Underlay | None, *, bilingual: bool
) -> list[Outlet]:
    """Captions and speech as files, shared with `stream`. under: the original, under the speech."""
    outlets: list[Outlet] = []
    if plan.captions:
        source = language_of(config.source) if bilingual else None
        outlets.append(CaptionFile(plan.captions, language_of(config.target), source))
    if plan.speech:
        outlets.append(SpeechFile(plan.speech, under))
    return outlets


def real_time() -> Callable[[float], None]:
    """Waits until so many ms after now."""
    start_s = time.monotonic()
    return lambda ms: time.sleep(max(0.0, start_s + ms / 1000 - time.monotonic()))
