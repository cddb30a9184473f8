"""Web and folder are killed at random instants: what was acknowledged is counted once, what was not sent never."""

import pytest

from analytics.codes import LeftOut
from bench.killing import killed_again_and_again

ROUNDS = 10


@pytest.mark.clause("3.2(1)a")
def test_every_acknowledged_hit_is_counted_once_however_often_web_and_folder_are_killed(tmp_path):
    found = killed_again_and_again(tmp_path, ROUNDS)
    assert len(found.sent.acknowledged) > 200
    assert (found.lost, found.invented) == (0, 0)
    assert found.showings == found.views
    assert found.in_flight <= len(found.sent.unanswered)
    assert found.left_out <= {LeftOut.RACED, LeftOut.DAMAGED}
    assert not found.files_left
