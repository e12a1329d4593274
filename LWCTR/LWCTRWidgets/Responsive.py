"""Reading and writing of large files in a thread, while the window goes on drawing."""

import threading

import qt
import slicer

_WAIT_S = 0.01  # the other thread runs meanwhile: this one gives Python's lock away
_running = []


def breathe():
    """Let the window be drawn between two parts of work that only this thread can do."""
    slicer.app.processEvents(qt.QEventLoop.ExcludeUserInputEvents)


def inBackground(function, *arguments, **named):
    """Call a function in a thread and return its result; its error is raised here.

    The window is drawn meanwhile, and what the user clicks or types waits. The function must touch neither the
    scene nor a widget. A call from within another one (a timer that fires meanwhile) runs at once, in place.
    """
    if _running:
        return function(*arguments, **named)
    outcome = {}

    def work():
        try:
            outcome["result"] = function(*arguments, **named)
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            outcome["error"] = error

    thread = threading.Thread(target=work, name="lwctr-io", daemon=True)
    _running.append(thread)
    try:
        thread.start()
        while thread.is_alive():
            thread.join(_WAIT_S)
            breathe()
    finally:
        _running.remove(thread)
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]
