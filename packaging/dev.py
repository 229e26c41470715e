#!/usr/bin/env python3
"""Set up and start Trimtab from a source checkout: ``python3 packaging/dev.py run`` or ``test``.

Needs nothing but Python 3.11 or newer; ``python3 packaging/dev.py help`` lists the commands. This file must also parse
and explain itself under older Pythons, so everything newer lives in the modules it imports after the check.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older Pythons reach this line, and it tells them what to do
    sys.stderr.write(
        "Trimtab needs Python 3.11 or newer; this is Python %d.%d (%s).\n"  # noqa: UP031 - parses everywhere
        "Install a newer one (Debian 12, Ubuntu 24.04 and Homebrew have it as python3; elsewhere from python.org)\n"
        "and start this script with it, for example: python3.12 packaging/dev.py run\n"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(1)

import dev_commands

if __name__ == "__main__":
    sys.exit(dev_commands.main(sys.argv[1:]))
