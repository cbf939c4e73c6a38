# shellcheck shell=bash
# For bash scripts that make what is released: two runs on one commit give the same bytes.

# SOURCE_DATE_EPOCH: the time of the commit, unless the caller set it.
set_source_date_epoch() {
    : "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || :)}"
    [ -n "$SOURCE_DATE_EPOCH" ] || { echo "${0##*/}: set SOURCE_DATE_EPOCH: this is no git checkout" >&2; return 1; }
    export SOURCE_DATE_EPOCH
}

# make_archive FOLDER FILE: the archive holds FOLDER, without what depends on the machine: owners, times, order.
make_archive() {
    chmod -R u=rwX,go=rX "$1"
    tar -C "$(dirname "$1")" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --format=ustar -cf - "$(basename "$1")" | gzip -9n >"$2.new"
    mv "$2.new" "$2"
}
