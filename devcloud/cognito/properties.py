"""Typed reading of a resource's CloudFormation properties."""

from collections.abc import Collection, Mapping


class ConfigurationError(ValueError):
    """A property that the user pool cannot work with; the text names resource and property."""


class Properties:
    """The properties of one resource, each of which must be asked for exactly as it may be.

    Every read marks its property as known; ``finish`` refuses what nobody asked for, so that no
    setting of a template is silently without effect here.
    """

    def __init__(self, place: str, values: Mapping[str, object]) -> None:
        self._place = place
        self._values = values
        self._read: set[str] = set()
        self._sections: list[Properties] = []

    def text(self, name: str, default: str = "") -> str:
        value = self._value(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "must be a string")
        return value

    def boolean(self, name: str, default: bool) -> bool:
        value = self._value(name, default)
        # Parameters of a template are strings, so CloudFormation takes "true" as well as true.
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        value = self._value(name, default)
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(name, f"must be a whole number from {low} to {high}")
        return value

    def choice(self, name: str, default: str, choices: Collection[str]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise self.wrong(name, f"must be one of {', '.join(sorted(choices))}")
        return value

    def texts(self, name: str, choices: Collection[str] | None = None) -> tuple[str, ...]:
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, "must be a list of strings")
        for item in value:
            if choices is not None and item not in choices:
                raise self.wrong(name, f"has {item}, but devcloud knows only {', '.join(choices)}")
        return tuple(value)

    def section(self, name: str) -> "Properties":
        value = self._value(name, {})
        if not isinstance(value, Mapping):
            raise self.wrong(name, "must be a mapping")
        section = Properties(f"{self._place}.{name}", value)
        self._sections.append(section)
        return section

    def sections(self, name: str) -> "list[Properties]":
        value = self._value(name, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.wrong(name, "must be a list of mappings")
        found = [Properties(f"{self._place}.{name}[{n}]", item) for n, item in enumerate(value)]
        self._sections.extend(found)
        return found

    def has(self, name: str) -> bool:
        return name in self._values

    def ignore(self, *names: str) -> None:
        """Accept properties that change nothing that can be seen here."""
        self._read.update(names)

    def finish(self) -> None:
        """Refuse the properties that were not read."""
        for name in sorted(set(self._values) - self._read):
            raise self.wrong(name, "is not supported by devcloud")
        for section in self._sections:
            section.finish()

    def wrong(self, name: str, reason: str) -> ConfigurationError:
        return ConfigurationError(f"{self._place}: property {name} {reason}.")

    def _value(self, name: str, default: object) -> object:
        self._read.add(name)
        return self._values.get(name, default)
