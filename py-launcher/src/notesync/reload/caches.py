"""Makes the import system look again at folders, without reading every archive of the path again.

Part of the reload: called on the main thread before modules are loaded anew.
"""

from __future__ import annotations

import importlib
import sys
import zipimport


def forget_listings() -> None:
    """`importlib.invalidate_caches`, but archives keep their listing: no save changes one.

    With `pyspark.zip` on `sys.path` reading them again takes a tenth of a second and more.
    """
    finders = sys.path_importer_cache
    archives = {
        path: finder
        for path, finder in list(finders.items())
        if isinstance(finder, zipimport.zipimporter)
    }
    for path in archives:
        finders.pop(path, None)
    try:
        importlib.invalidate_caches()
    finally:
        finders.update(archives)
