"""Becomes another program that has no rights to spare and does not outlive its parent.

Run as a script: `python -I -S trampoline.py PARENT SIGNAL UID GID PROGRAM [ARGUMENT ...]`; UID and
GID are -1 to stay who one is. A script of its own, because the wish to die with the parent is
forgotten when the user changes, and because nothing of this is safe between fork and exec in a
process that has threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def give_up_root(user: int, group: int) -> None:
    if user >= 0:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)


def die_with_parent(parent: int, signal: int) -> None:
    """Ask the kernel for `signal` when `parent` ends; only Linux has such a thing."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)


def main() -> None:
    parent, signal, user, group = (int(word) for word in sys.argv[1:5])
    program = sys.argv[5:]
    give_up_root(user, group)
    die_with_parent(parent, signal)
    os.execv(program[0], program)  # noqa: S606 -- an argument list, no shell: this is the purpose


if __name__ == "__main__":
    main()
