"""What stops devcloud from starting, each said in one sentence."""


class StartError(Exception):
    """Something the person who starts devcloud can put right."""


class TemplateError(StartError):
    """The template or the contract asks for what AWS or devcloud would refuse."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
