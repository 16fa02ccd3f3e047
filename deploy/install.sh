#!/bin/sh
# install.sh PREFIX: the package in a virtual environment at PREFIX, as the image has it.
# TORCH_INDEX: a package index with the wanted build of torch; empty: the default one.
# EXTRAS: the package's extras, such as "serve,weights".
set -eu
prefix=$1
test -x "$prefix/bin/python" || python3 -m venv "$prefix"
torch=$(grep '^torch==' constraints.txt)
"$prefix/bin/pip" install --quiet --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$torch"
"$prefix/bin/pip" install --quiet --no-cache-dir -c constraints.txt ".${EXTRAS:+[$EXTRAS]}"
