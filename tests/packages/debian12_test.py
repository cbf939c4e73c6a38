#!/usr/bin/python3
"""The package for Debian 12."""
import debian

if __name__ == '__main__':
    debian.run_tests(12, debian.ThePackage, debian.ThePackageOnAnyDebian, debian.TheService)
