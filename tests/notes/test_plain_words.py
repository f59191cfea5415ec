"""What a list says of Markdown: its words."""

import pytest

from notes.plain_words import plain_words

SAID = {
    "# Plan Some **bold**, _italic_, ~~gone~~ `code`.": "Plan Some bold, italic, gone code.",
    "- [ ] tulips - [x] crocuses": "tulips crocuses",
    "- one - two": "one - two",
    "see [the site](https://a.example/x) and ![a picture](x.png)": "see the site and a picture",
    "> Quoted ```python print(1) ```": "Quoted print(1)",
    "Eggs | what | how many | |---|---:| | eggs | 12 |": "Eggs what how many eggs 12",
    "| a |b| | :--- | --- | |1|2": "a b 1 2",
    "a | b || c --- d": "a | b || c --- d",
    "***both*** __too__": "both too",
    "Ordinary words, as they are.": "Ordinary words, as they are.",
    "snake_case_name, 2 * 3 * 4, C# and #tag": "snake_case_name, 2 * 3 * 4, C# and #tag",
    "well-known – a - b > c": "well-known – a - b > c",
    "مرحبا **كلمة** これは": "مرحبا كلمة これは",
    "": "",
}


@pytest.mark.parametrize("text", SAID)
def test_the_marks_are_left_out(text: str) -> None:
    assert plain_words(text) == SAID[text]
