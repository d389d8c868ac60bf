# SPDX-License-Identifier: Apache-2.0
"""Random small VBScript programs that print a trace."""


def make(random):
    return "WScript.Echo \"x\"\n"
