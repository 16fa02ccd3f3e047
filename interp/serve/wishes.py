"""What is asked of a session now: by its config, then by controls, whoever gave them."""

from dataclasses import replace

from interp.core.config import SessionConfig, targets_of
from interp.core.events import MuteSpeech, SetGlossary, SetOutputs, SetPolicy
from interp.wire.messages import Control


class Wishes:
    """targets: each as it would be asked for alone. muted: speech is held back.

    takes_terms: whether what works on the session can heed a glossary.
    """

    def __init__(self, config: SessionConfig) -> None:
        self.targets = list(targets_of(config))
        self.glossary = config.glossary
        self.muted = False
        self.takes_terms = True

    def take(self, control: Control) -> None:
        """A control that was accepted."""
        match control:
            case SetPolicy(policy, number):
                for place in self._meant(number):
                    self.targets[place] = replace(self.targets[place], policy=policy)
            case SetOutputs(outputs, number):
                for place in self._meant(number):
                    self.targets[place] = replace(self.targets[place], outputs=outputs)
            case SetGlossary(glossary) if self.takes_terms:
                self.glossary = glossary
            case MuteSpeech(muted):
                self.muted = muted
            case _:
                pass

    def _meant(self, number: int | None) -> range:
        return range(len(self.targets)) if number is None else range(number, number + 1)
