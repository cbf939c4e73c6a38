#!/usr/bin/python3
"""install.sh where systemd does not run, as in a chroot while an image is built: Debian 12."""
import sys
import tempfile
import unittest

from dist import REPOSITORY, run
from portable import NAME, archive

sys.path.insert(0, str(REPOSITORY / 'tests/support'))
from file_server import server_tree  # noqa: E402
from harness import skip_unless  # noqa: E402

# What it changes is gone with the mount namespace.
ENTER = '''
tree=$1 folder=$2 archive=$3; shift 3
mount -t tmpfs tmpfs "$folder"
mkdir "$folder/upper" "$folder/work" "$folder/root"
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
mount -t proc proc "$folder/root/proc"
mount --rbind /dev "$folder/root/dev"
tar -C "$folder/root/root" -xf "$archive"
exec chroot "$folder/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
'''
FUNCTIONS = f'''
install() {{ /root/{NAME}/install.sh "$@"; }}
is_enabled() {{ [ -L /etc/systemd/system/multi-user.target.wants/ganesha-exporter.service ]; }}
has_user() {{ getent passwd ganesha-exporter >/dev/null && getent group ganesha-exporter >/dev/null; }}
lacks_user() {{ ! getent passwd ganesha-exporter >/dev/null && ! getent group ganesha-exporter >/dev/null; }}
trap 'echo "failed: $BASH_COMMAND" >&2' ERR
'''


class TheInstaller(unittest.TestCase):
    def in_chroot(self, script):
        """What the script printed; each of its commands must succeed."""
        with tempfile.TemporaryDirectory() as folder:
            done = run('unshare', '--mount', 'sh', '-euc', ENTER, 'sh', TREE, folder, archive(),
                       'bash', '-Eeuo', 'pipefail', '-c', FUNCTIONS + script)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_makes_the_user_and_enables_the_service(self):
        self.assertIn('systemd does not run here', self.in_chroot('lacks_user; install; is_enabled; has_user'))

    def test_ends_what_an_earlier_run_began(self):
        """It could not make the user."""
        printed = self.in_chroot('''
            mkdir /aside; mv /usr/bin/systemd-sysusers /usr/sbin/useradd /aside
            install && false
            lacks_user; mv /aside/systemd-sysusers /usr/bin; mv /aside/useradd /usr/sbin
            install; is_enabled; has_user
            install --uninstall; lacks_user''')
        self.assertIn('cannot make the user ganesha-exporter', printed)

    def test_enables_what_was_disabled_no_second_time(self):
        self.in_chroot('install; systemctl disable ganesha-exporter.service; install; ! is_enabled || false')

    def test_removes_the_links_of_enabled_units(self):
        self.in_chroot('''
            before=$(find /etc/systemd | sort)
            install
            systemctl enable ganesha-exporter@other.service ganesha-exporter.socket
            install --uninstall
            diff <(echo "$before") <(find /etc/systemd | sort)''')

    def test_removes_what_it_put_into_an_image(self):
        self.in_chroot('''
            before=$(find /etc /usr/local -not -type d | sort)
            install --destdir=/image
            cp -a /image/. /
            install --uninstall
            diff <(echo "$before") <(find /etc /usr/local -not -type d | sort)
            [ ! -e /usr/local/share/ganesha-exporter ]''')

    def test_leaves_no_user_that_it_made(self):
        self.assertNotIn('Left', self.in_chroot('install; install; has_user; install --uninstall; lacks_user'))

    def test_leaves_a_user_that_it_did_not_make(self):
        printed = self.in_chroot('''
            useradd --system --user-group ganesha-exporter
            install; install; install --uninstall; has_user''')
        self.assertIn('Left the user ganesha-exporter, which install.sh did not make', printed)


if __name__ == '__main__':
    skip_unless('unshare', 'chroot', root=True)
    TREE = server_tree(12)
    unittest.main(verbosity=2)
