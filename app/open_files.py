"""How many files and sockets a process may have open."""

import resource


def raise_open_files() -> int:
    """Raise the soft limit to the hard one, which needs no rights, and return it.

    Shells and service managers commonly start a process with 1,024, which is that many watchers.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
