# For bash scripts that start programs in new namespaces.

# getaddrinfo(AI_ADDRCONFIG) fails if 127.0.0.1 is the only address, and so does Ganesha.
with_loopback='ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec "$@"'

# Runs "$@" as the first process of new namespaces; with --net it has a loopback and no other network. Everything in
# them ends with this script, even if it is killed by SIGKILL (pdeathsig).
in_namespace() {
    local flags=() before=() status=0
    while [ "$1" != -- ]; do
        [ "$1" != --net ] || before=(sh -c "$with_loopback" sh)
        flags+=("$1")
        shift
    done
    shift
    setpriv --pdeathsig KILL \
        unshare --mount --propagation private --pid --fork --kill-child "${flags[@]}" "${before[@]}" "$@" <&0 &
    local pid=$!
    trap 'kill -KILL "$pid" 2>/dev/null || :; exit 130' INT
    trap 'kill -KILL "$pid" 2>/dev/null || :; exit 143' TERM HUP
    wait "$pid" || status=$?
    trap - INT TERM HUP
    return "$status"
}

nothing_mounted_below() {
    ! awk '{print $5}' /proc/self/mountinfo | grep -qF -e "$1/"
}

# Puts a minimal Debian of this release (scripts/minbase) into a new tree, with what Ganesha and unshare need.
unpack_minbase() {
    local minbase
    minbase=$("$source_dir/scripts/minbase" "$1")
    remove_tree "$2"
    mkdir -p "$2"
    tar -C "$2" -xf "$minbase"
    # nfs-ganesha and unshare read /etc/mtab, which minbase lacks.
    ln -sf /proc/self/mounts "$2/etc/mtab"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$2/etc/hosts"
}

remove_tree() {
    [ -e "$1" ] || return 0
    nothing_mounted_below "$1" || fail "something is mounted below $1: unmount it first"
    rm -rf --one-file-system -- "$1"
}
