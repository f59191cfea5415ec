"""Two versions of a note: what is shown of them, and what is made of both."""

from hypothesis import given
from hypothesis import strategies as st

from notes import merging
from notes.base_version import MOST_LINES, BaseVersion
from notes.gateway import NoteContent

TEXTS = st.lists(st.sampled_from("abcd\n")).map("".join)


def content(note: str, title: str = "Garden", tags: str = "", pinned: bool = False) -> NoteContent:
    return NoteContent(title, note, tuple(tags.split()), pinned)


def base(note: str, title: str = "Garden", tags: str = "", pinned: bool = False) -> BaseVersion:
    return BaseVersion.of(content(note, title, tags, pinned))


def merged_text(was: str, stored: str, typed: str) -> str:
    return merging.merge(base(was), content(stored), content(typed)).content.note


class ComparisonTests:
    @given(TEXTS, TEXTS)
    def test_the_passages_are_the_texts(self, stored: str, typed: str) -> None:
        comparison = merging.compare(stored, typed)

        assert "".join(passage.text for passage in comparison.stored) == stored
        assert "".join(passage.text for passage in comparison.typed) == typed

    def test_equal_texts_are_no_difference(self) -> None:
        comparison = merging.compare("a\nb", "a\nb")

        assert [passage.is_different for passage in comparison.stored] == [False]

    def test_a_line_that_was_last_is_the_same_line(self) -> None:
        comparison = merging.compare("a", "a\nb")

        assert comparison.typed == (
            merging.Passage("a\n", is_different=False),
            merging.Passage("b", is_different=True),
        )

    def test_very_long_texts_are_shown_as_wholly_different(self) -> None:
        comparison = merging.compare("a\n" * MOST_LINES, "a\n" * (MOST_LINES + 1))

        assert [passage.is_different for passage in comparison.typed] == [True]


class MergedTextTests:
    def test_changes_in_different_places_are_all_there(self) -> None:
        merge = merging.merge(
            base("eggs\nmilk\n\ncall Bob\nthe end"),
            content("eggs\noat milk\n\ncall Bob\nthe end"),
            content("eggs\nmilk\n\nthe end\nor not"),
        )

        assert merge.content.note == "eggs\noat milk\n\nthe end\nor not"
        assert not merge.overlaps

    def test_where_both_changed_the_same_lines_the_stored_ones_come_first(self) -> None:
        merge = merging.merge(
            base("one\ntwo\nthree"), content("one\ntheirs\nthree"), content("one\nmine\nthree")
        )

        assert merge.content.note == "one\ntheirs\nmine\nthree"
        assert merge.overlaps

    def test_boxes_ticked_one_below_the_other_are_both_ticked(self) -> None:
        merge = merging.merge(
            base("- [ ] eggs\n- [ ] milk"),
            content("- [x] eggs\n- [ ] milk"),
            content("- [ ] eggs\n- [x] milk"),
        )

        assert merge.content.note == "- [x] eggs\n- [x] milk"
        assert not merge.overlaps

    def test_the_ends_of_lines_are_no_change(self) -> None:
        assert merged_text("a\r\nb\r\nc", "a\r\nb\r\nc\r\nd", "A\nb\nc") == "A\nb\nc\nd"

    def test_the_same_change_is_made_once(self) -> None:
        merge = merging.merge(base("one"), content("one\ntwo"), content("one\ntwo"))

        assert merge.content.note == "one\ntwo"
        assert not merge.overlaps

    @given(TEXTS, TEXTS)
    def test_what_one_of_them_left_alone_is_as_the_other_has_it(self, was: str, now: str) -> None:
        assert merged_text(was, was, now) == now
        assert merged_text(was, now, was) == now

    @given(TEXTS, TEXTS, TEXTS)
    def test_nothing_that_either_wrote_is_missing(self, was: str, stored: str, typed: str) -> None:
        merged = merged_text(was, stored, typed).split("\n")

        for text in (stored, typed):
            new = [line for line in text.split("\n") if line not in was.split("\n")]
            rest = iter(merged)
            assert all(line in rest for line in new)

    @given(TEXTS, TEXTS)
    def test_nothing_of_either_version_is_missing_when_the_base_is_unknown(
        self, stored: str, typed: str
    ) -> None:
        merged = merging.merge(None, content(stored), content(typed)).content.note

        for text in (stored, typed):
            rest = iter(merged.split("\n"))
            assert all(line in rest for line in text.split("\n") if line)

    def test_a_very_long_text_is_one_line(self) -> None:
        was = "a\n" * MOST_LINES

        assert merged_text(was, was, was + "mine") == was + "mine"
        assert merged_text(was, "b", was + "mine") == f"b\n{was}mine"


class MergedFieldsTests:
    def test_a_title_that_only_one_changed_is_that_ones(self) -> None:
        was = base("", title="Garden")

        for stored, typed, overlaps in (
            ("Plants", "Garden", False),
            ("Garden", "Plants", False),
            ("Plants", "Plants", False),
            ("Trees", "Plants", True),
        ):
            merge = merging.merge(was, content("", title=stored), content("", title=typed))
            assert merge.content.title == "Plants"
            assert merge.overlaps is overlaps

    def test_a_tag_that_one_removed_is_gone_and_one_that_either_added_is_there(self) -> None:
        merge = merging.merge(
            base("", tags="home work"),
            content("", tags="home work new"),
            content("", tags="mine home"),
        )

        assert merge.content.tags == ("home", "new", "mine")

    def test_a_pin_is_as_who_changed_it_left_it(self) -> None:
        for was, stored, typed, merged in (
            (False, True, False, True),
            (False, False, True, True),
            (True, False, True, False),
            (True, True, False, False),
        ):
            merge = merging.merge(
                base("", pinned=was), content("", pinned=stored), content("", pinned=typed)
            )
            assert merge.content.pinned is merged

    def test_without_a_base_all_tags_stay_and_the_rest_is_as_typed(self) -> None:
        merge = merging.merge(
            None, content("a", "Theirs", "home", pinned=True), content("a", "Mine", "work")
        )

        assert merge.content == content("a", "Mine", "home work")
        assert merge.overlaps


class BaseVersionTests:
    @given(TEXTS, st.text(), st.lists(st.text(), max_size=20), st.booleans())
    def test_it_comes_back_from_the_form(
        self, note: str, title: str, tags: list[str], pinned: bool
    ) -> None:
        base = BaseVersion.of(NoteContent(title, note, tuple(tags), pinned))

        assert BaseVersion.parse(str(base)) == base

    @given(st.text())
    def test_anything_else_is_none(self, text: str) -> None:
        assert BaseVersion.parse(text) is None

    def test_more_lines_than_are_compared_are_none(self) -> None:
        most = str(BaseVersion("x" * 8, (), False, ("y" * 8,) * MOST_LINES))

        assert BaseVersion.parse(most)
        assert BaseVersion.parse(most + "y" * 8) is None

    def test_it_knows_its_words_whatever_the_pin(self) -> None:
        was = base("a\nb", tags="home")

        assert was.has_words_of(content("a\nb", tags="home", pinned=True))
        assert not was.has_words_of(content("a\nb"))
        assert not was.has_words_of(content("a\nc", tags="home"))
        assert not was.has_words_of(content("a\nb", title="Plants", tags="home"))
