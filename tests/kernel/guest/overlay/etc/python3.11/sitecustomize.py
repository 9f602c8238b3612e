# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Python compiles out of an archive is kept, as it is for files: Ansible brings the same modules with every task.

Of a task in an emulated machine, compiling is a third. Every Python starts with this, so it imports nothing else.
"""

import _imp
import marshal
import os
import zipimport

KEPT = "/var/cache/compiled"
compiled = zipimport._compile_source


def kept(pathname, source):
    path = "{0}/{1}".format(KEPT, _imp.source_hash(0, source).hex())
    try:
        with open(path, "rb") as file:
            return marshal.loads(file.read()).replace(co_filename=pathname)
    except OSError:
        code = compiled(pathname, source)
    try:
        os.makedirs(KEPT, exist_ok=True)
        made = "{0}.{1}".format(path, os.getpid())
        with open(made, "wb") as file:
            file.write(marshal.dumps(code))
        os.rename(made, path)
    except OSError:
        pass
    return code


zipimport._compile_source = kept
