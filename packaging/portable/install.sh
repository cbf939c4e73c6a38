#!/bin/bash
# Installs the exporter from the folder of this script, or removes it. README beside it has an example.
set -euo pipefail
umask 022

program=ganesha_exporter
service=ganesha-exporter
here=$(cd "$(dirname "$0")" && pwd)
prefix=/usr/local
destdir=
action=install

usage() {
    cat <<USAGE
usage: install.sh [--prefix=DIR] [--destdir=DIR] [--uninstall]

Installs ganesha_exporter on a system with systemd, or another version over it: the program, its user, the policy for
the system bus, the units and the defaults; then enables and starts ganesha-exporter.service.

  --prefix=DIR    where the program, its manual page and examples go (default: /usr/local)
  --destdir=DIR   copy the files below DIR only, as for an image: no user is made, nothing is started
  --uninstall     stop the service and remove all but what you changed
  --help          this text

Beside the prefix: /etc/default/ganesha-exporter, /etc/dbus-1/system.d/ganesha-exporter.conf,
/etc/systemd/system/ganesha-exporter*, /etc/sysusers.d/ganesha-exporter.conf. An edited defaults file stays as it is.
USAGE
}

fail() { echo "install.sh: $*" >&2; exit 1; }
warn() { echo "install.sh: warning: $*" >&2; }

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --prefix=*) prefix=${1#*=} ;;
            --destdir=*) destdir=${1#*=} ;;
            --prefix | --destdir)
                [ $# -gt 1 ] || fail "$1 needs a directory"
                set -- "$1=$2" "${@:3}"
                continue
                ;;
            --uninstall) action=uninstall ;;
            --help | -h) usage; exit ;;
            *) fail "unknown argument $1; see install.sh --help" ;;
        esac
        shift
    done
    [[ $prefix =~ ^/[A-Za-z0-9/._+-]*$ ]] || fail "--prefix must be an absolute path of plain characters, not '$prefix'"
    [[ $destdir = /* || -z $destdir ]] || fail "--destdir must be an absolute path, not '$destdir'"
    prefix=${prefix%/}
    destdir=${destdir%/}
}

# The places of all files.
name_places() {
    bin=$destdir$prefix/bin/$program
    man=$destdir$prefix/share/man/man1/$program.1
    completion=$destdir$prefix/share/bash-completion/completions/$program
    doc=$destdir$prefix/share/doc/$service
    share=$destdir$prefix/share/$service
    units=$destdir/etc/systemd/system
    policy=$destdir/etc/dbus-1/system.d/$service.conf
    sysusers=$destdir/etc/sysusers.d/$service.conf
    defaults=$destdir/etc/default/$service
    # The defaults file as it was shipped: tells whether the admin edited the one in /etc.
    shipped=$share/$service.default
    # What --uninstall removes because install.sh made it.
    directories=$share/made-directories
    made_user=$share/made-user
    # There once the service was enabled: what the admin disabled since stays so.
    enabled=$share/enabled
}

systemd_runs() { [ -z "$destdir" ] && [ -d /run/systemd/system ]; }

check_rights() {
    [ -n "$destdir" ] || [ "$(id -u)" = 0 ] || fail "must be run as root"
}

# The prefix of the exporter that is installed, by its unit; fails if there is none.
installed_prefix() {
    local unit=$units/$service.service
    [ -f "$unit" ] && sed -n "s|^ExecStart=\(.*\)/bin/$program.*|\1|p" "$unit"
}

check_prefix() {
    local old
    old=$(installed_prefix) || return 0
    [ "$old" = "$prefix" ] || fail "it is installed in ${old:-/}: use --prefix=${old:-/}"
}

check_no_package() {
    [ ! -e "/usr/lib/systemd/system/$service.service" ] || fail "the package $service is installed: remove it first"
}

# The loader says what is missing; the reader is told what all of it is.
check_system() {
    local machine words
    machine=$(uname -m)
    [ "$machine" = x86_64 ] || fail "this program is for x86_64, the machine is $machine"
    words=$("$here/$program" --version 2>&1 >/dev/null) && return
    fail "$program does not start here: ${words%%$'\n'*}. It needs glibc 2.34, OpenSSL 3 (libssl.so.3) and libsystemd, or newer"
}

user_exists() { id $service >/dev/null 2>&1; }

make_user() {
    ! user_exists || return 0
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$sysusers"
    elif command -v useradd >/dev/null; then
        useradd --system --user-group --no-create-home --home-dir / --shell "$(command -v nologin || echo /bin/false)" $service
    else
        fail "cannot make the user $service: neither systemd-sysusers nor useradd is installed"
    fi
    : >"$made_user"
}

# Makes a directory; those of its parents that were not there are removed again by --uninstall.
make_directory() {
    local directory=$1
    while [ ! -d "$directory" ]; do
        made+=("$directory")
        directory=${directory%/*}
    done
    mkdir -p "$1"
}

put() {
    make_directory "${2%/*}"
    install -m "${3:-644}" "$1" "$2"
}

put_units() {
    local unit target
    for unit in "$here"/systemd/*.{service,socket}; do
        target=$units/${unit##*/}
        put "$unit" "$target.new"
        sed -i "s|/usr/bin/$program|$prefix/bin/$program|" "$target.new"
        mv "$target.new" "$target"
    done
}

# An edited file is kept; one that is as it was shipped is replaced.
put_defaults() {
    if [ ! -e "$defaults" ] || cmp -s "$defaults" "$shipped"; then
        put "$here/systemd/$service.default" "$defaults"
    elif ! cmp -s "$defaults" "$here/systemd/$service.default"; then
        echo "Kept /etc/default/$service, which was edited; this version's is $prefix/share/$service/$service.default"
    fi
}

put_files() {
    local made=()
    [ ! -f "$directories" ] || mapfile -t made <"$directories"
    put_defaults
    # Under a name of its own until it is whole: the old one may be running.
    put "$here/$program" "$bin.new" 755
    mv "$bin.new" "$bin"
    put "$here/$program.1" "$man"
    put "$here/$program.bash-completion" "$completion"
    put "$here/systemd/$service.sysusers" "$sysusers"
    put "$here/dbus/$service.conf" "$policy"
    put_units
    rm -rf "$doc" "$share"/{dashboards,rules,runbooks}
    make_directory "$doc/examples"
    make_directory "$share"
    cp -R "$here"/{README,LICENSE,CHANGELOG.md,licenses} "$doc"
    cp "$here/web-config.yml" "$doc/examples"
    cp -R "$here"/{dashboards,rules,runbooks} "$share"
    chmod -R u=rwX,go=rX "$doc" "$share"
    put "$here/systemd/$service.default" "$shipped"
    printf '%s\n' "${made[@]}" | sort -u >"$directories"
}

# The bus ignores a policy for a user that it does not know: read it again now that both are there.
reload_bus() {
    [ -S /run/dbus/system_bus_socket ] || return 0
    if systemd_runs; then
        systemctl reload dbus.service && return
    elif command -v dbus-send >/dev/null; then
        dbus-send --system --type=method_call --print-reply --dest=org.freedesktop.DBus / \
            org.freedesktop.DBus.ReloadConfig >/dev/null && return
    fi
    warn "the system bus did not read its policy again: reload it"
}

# Also where systemd does not run, as in a chroot.
enable_service() {
    [ ! -e "$enabled" ] || return 0
    if ! command -v systemctl >/dev/null; then
        warn "$service.service is not enabled: systemctl is missing"
        return
    fi
    systemctl enable --quiet $service.service || fail "systemctl cannot enable $service.service"
    : >"$enabled"
}

start_service() {
    if ! systemd_runs; then
        echo "systemd does not run here: the service is not started"
        return
    fi
    systemctl daemon-reload
    systemctl try-restart "$service@*.service"
    ! systemctl is-enabled --quiet $service.service || systemctl restart $service.service ||
        fail "the service does not start: see journalctl -u $service"
}

install_all() {
    check_system
    [ -n "$destdir" ] || check_no_package
    put_files
    [ -z "$destdir" ] || return 0
    make_user
    reload_bus
    enable_service
    start_service
    echo "Installed $prefix/bin/$program. Its arguments: /etc/default/$service"
}

# Instances too, whether enabled or started by hand.
stop_services() {
    local link
    ! systemd_runs || systemctl stop $service.socket $service.service "$service@*.service" ||
        warn "not all of it could be stopped"
    for link in "$units"/*.wants/"$service"{.service,.socket,@*.service}; do
        [ -L "$link" ] || continue
        rm "$link"
        rmdir --ignore-fail-on-non-empty "${link%/*}"
    done
}

remove_state() {
    local instance
    rm -rf "/var/lib/$service"
    for instance in "$defaults"-*; do
        rm -rf "/var/lib/$service-${instance#"$defaults"-}"
    done
}

# Edited configuration: what it leaves, one a line.
left() {
    local file
    for file in "$defaults" "$defaults"-* "$destdir/etc/$service" "$units/$service"*.d; do
        [ ! -e "$file" ] || echo "$file"
    done
}

# A key or a password file of the user's stays its own.
remove_user() {
    user_exists || return 0
    if [ ! -e "$made_user" ]; then
        echo "Left the user $service, which install.sh did not make"
        return
    fi
    if [ -e /etc/$service ]; then
        echo "Left the user $service, because /etc/$service is there"
        return
    fi
    userdel $service || warn "the user $service was not removed"
    # userdel removes it only where USERGROUPS_ENAB says so.
    ! getent group $service >/dev/null || groupdel $service || warn "the group $service was not removed"
}

uninstall_all() {
    installed_prefix >/dev/null || [ -e "$bin" ] || { echo "It is not installed in $prefix"; return 0; }
    local made=()
    [ ! -f "$directories" ] || mapfile -t made < <(sort -r "$directories")
    stop_services
    ! cmp -s "$defaults" "$shipped" || rm -f "$defaults"
    [ -n "$destdir" ] || remove_user
    rm -rf "$bin" "$man" "$completion" "$doc" "$share" "$policy" "$sysusers" "$units/$service"{.service,.socket,@.service}
    [ -n "$destdir" ] || remove_state
    ! systemd_runs || systemctl daemon-reload
    [ -n "$destdir" ] || reload_bus
    [ ${#made[@]} = 0 ] || rmdir --ignore-fail-on-non-empty "${made[@]}" 2>/dev/null || :
    left | sed 's/^/Left /'
}

read_arguments "$@"
name_places
check_rights
check_prefix
"${action}_all"
