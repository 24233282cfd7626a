#!/usr/bin/env node
// Committed, unlike dist: npm links a command only when its file exists at install time.
require("../dist/cli/main.js");
