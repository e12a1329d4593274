"""The subcommands of ``lwctr``, one module each.

A command module holds ``HELP`` (one line), ``add_arguments(parser)`` and ``run(args, progress) -> int`` (the
exit code). It imports nothing heavy at its top, so that ``lwctr --help`` is quick.
"""
