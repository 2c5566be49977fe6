#!/usr/bin/env bash
# Prints a TCP port that was free on 127.0.0.1 a moment ago; the kernel picks it.
exec node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
