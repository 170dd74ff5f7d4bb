from finops_assets_tests.factories import line, publish


def test_a_slice_lands(mart):
    done = publish(mart, line())
    assert (done.outcome, done.version, done.row_count) == ("LOADED", 1, 1)
    assert publish(mart, line()).outcome == "UNCHANGED"
    assert publish(mart).outcome == "EMPTY"
