"""Free memory, from what each system says."""

from __future__ import annotations

from LWCTRLogic.segment.memory import free_memory, linux_free_memory, macos_free_memory

MEMINFO = "MemTotal:       24000000 kB\nMemFree:          100000 kB\nMemAvailable:    8000000 kB\n"
VM_STAT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               1000.
Pages active:                            90000.
Pages inactive:                           2000.
Pages speculative:                          50.
"""


def test_linux_counts_what_the_kernel_calls_available(tmp_path):
    (tmp_path / "meminfo").write_text(MEMINFO)
    assert linux_free_memory(tmp_path / "meminfo", ()) == 8_000_000 * 1024


def test_a_container_limit_below_that_counts(tmp_path):
    (tmp_path / "meminfo").write_text(MEMINFO)
    (tmp_path / "max").write_text("3000000000\n")
    (tmp_path / "current").write_text("1000000000\n")
    pair = (tmp_path / "max", tmp_path / "current")
    assert linux_free_memory(tmp_path / "meminfo", (pair,)) == 2_000_000_000


def test_a_container_without_limit_changes_nothing(tmp_path):
    (tmp_path / "meminfo").write_text(MEMINFO)
    (tmp_path / "max").write_text("max\n")
    (tmp_path / "current").write_text("1000000000\n")
    pair = (tmp_path / "max", tmp_path / "current")
    assert linux_free_memory(tmp_path / "meminfo", (pair,)) == 8_000_000 * 1024


def test_nothing_to_read_is_unknown(tmp_path):
    assert linux_free_memory(tmp_path / "missing", ()) is None


def test_macos_counts_pages_that_it_gives_up():
    assert macos_free_memory(VM_STAT) == 16384 * 3050
    assert macos_free_memory("nonsense") is None


def test_this_machine_has_some_memory_or_does_not_tell():
    free = free_memory()
    assert free is None or 1e6 < free < 1e15
