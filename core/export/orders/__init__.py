"""Order files for custodians, one module a format. They are files to import and review there, not orders placed."""
