"""The panel opens."""


def test_the_panel_opens_on_the_first_step(a_panel):
    assert a_panel.panel.current == "patient"
