#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds the documentation as a static site: build.py --source TREE --tools BIN --output FOLDER. A warning is an error.
import argparse
import re
import shutil
import sys
from pathlib import Path

import commands
import ods
from reference import Reference, source_pages
from site_pages import Site
from tree import Tree


def arguments():
    parser = argparse.ArgumentParser(description="Builds the documentation of Tern as a static site.")
    parser.add_argument("--source", type=Path, required=True, help="top of the tree")
    parser.add_argument("--tools", type=Path, required=True, help="folder of ternc, tern-opt and the others")
    parser.add_argument("--output", type=Path, required=True, help="folder of the site, made anew")
    return parser.parse_args()


def version_of(source):
    return re.search(r"project\(Tern VERSION (\S+)", (source / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)


def main():
    options = arguments()
    site = Site()
    tree = Tree(site, options.source)
    tree.add_guides()
    definitions = ods.load(options.source)
    commands.build(site, options.source, options.tools)
    tree.add_folders()
    tree.register_names()
    reference = Reference(site, definitions)
    reference.build()
    reference.build_corridor(options.tools / "tern-opt")
    tree.fill()
    source_pages(site, options.source, tree.sources | {entry.file for entry in definitions.entries()})
    if options.output.exists():
        shutil.rmtree(options.output)
    site.write(options.output, version_of(options.source))
    for warning in site.warnings:
        print(f"documentation: {warning}", file=sys.stderr)
    if site.warnings:
        sys.exit(f"documentation: {len(site.warnings)} warnings; each is an error")
    print(f"{len(site.pages)} pages, {len(site.found)} names in {options.output}/index.html")


main()
