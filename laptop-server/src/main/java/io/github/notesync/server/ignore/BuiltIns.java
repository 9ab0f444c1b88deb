package io.github.notesync.server.ignore;

import io.github.notesync.server.config.Located;
import java.util.ArrayList;
import java.util.List;

/** What no project wants to send: environments, caches, temporary files of editors, secrets. */
final class BuiltIns {
    private static final String SHOWN_AS = "built in";

    private static final List<String> LINES = List.of(
            // version control
            ".hg/",
            ".svn/",
            ".bzr/",
            // environments and what tools make
            ".venv/",
            "venv/",
            ".tox/",
            ".nox/",
            "node_modules/",
            "__pycache__/",
            "*.pyc",
            "*.pyo",
            "*.pyd",
            ".pytest_cache/",
            ".mypy_cache/",
            ".ruff_cache/",
            ".hypothesis/",
            ".ipynb_checkpoints/",
            "*.egg-info/",
            ".eggs/",
            // operating systems and editors
            ".DS_Store",
            "._*",
            "Thumbs.db",
            "desktop.ini",
            ".idea/",
            ".vscode/",
            "*.swp",
            "*.swo",
            "*.swx",
            "*~",
            ".#*",
            "\\#*#",
            "4913",
            "*___jb_tmp___",
            "*___jb_old___",
            ".goutputstream-*",
            // secrets
            ".env",
            ".env.*",
            "!.env.example",
            "!.env.sample",
            "!.env.template",
            "*.pem",
            "*.key",
            "*.p12",
            "*.pfx",
            "id_rsa",
            "id_ed25519",
            "id_ecdsa",
            ".netrc",
            ".pypirc",
            ".databrickscfg",
            ".aws/",
            ".ssh/",
            ".gnupg/");

    private BuiltIns() {}

    static RuleFile rules() {
        List<Located> lines = new ArrayList<>();
        for (String line : LINES) {
            lines.add(new Located(SHOWN_AS, 0, line));
        }
        return RuleFile.of(lines);
    }
}
