"""The short form of the crash campaign."""

from tests.devcloud import crash_campaign


class CrashTests:
    def test_no_acknowledged_write_is_lost_to_kill_9_and_no_repeated_one_done_twice(self, tmp_path):
        outcome = crash_campaign.run(tmp_path / "data", writes=30, longest_life=12)
        assert outcome.writes >= 30
        assert outcome.kills >= 1
        assert outcome.people >= 1
        assert outcome.faults == []
