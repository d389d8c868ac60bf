#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every appcmd command of the configuration reference of IIS's public documentation.

    python3 tests/iis_docs_samples.py --build build CHECKOUT [PART-OF-A-PATH]

CHECKOUT is a clone of github.com/MicrosoftDocs/iis-docs. The pages are not ours, so this is not a
part of the suite; stories have commands of the same forms. The commands of one page run one after
the other on a configuration that has what they speak of. What fails is printed; what is expected to
fail is in EXPECTED, with the reason, and it is an error when that runs."""
import argparse
import pathlib
import re
import subprocess
import tempfile

COMMAND = re.compile(r"^\s*(?:%[^%]+%\\[\w\\]*\\)?appcmd(?:\.exe)?\s+(.*)$", re.I)
SITES = ["Default Web Site", "Contoso", "ContosoSite", "ftp.example.com", "MyFTPSite"]
POOLS = ["DefaultAppPool", "Contoso"]
PAGE_IS_WRONG = "the page has a mistake: quotes that do not match, or blanks without any"
EXPECTED = [
    (r"/\[name='Default Web Site'\]\.ftpServer", PAGE_IS_WRONG),
    (r"/\+\[name=SampleHandler',", PAGE_IS_WRONG),
]


def words(line):
    """A command line as Windows takes it apart."""
    out, word, quoted, begun, i = [], "", False, False, 0
    while i < len(line):
        c = line[i]
        if c == "\\":
            end = i
            while end < len(line) and line[end] == "\\":
                end += 1
            count, quote = end - i, end < len(line) and line[end] == '"'
            word += "\\" * (count // 2 if quote else count)
            if quote and count % 2:
                word += '"'
                end += 1
            i, begun = end, True
            continue
        if c == '"':
            quoted, begun = not quoted, True
        elif c in " \t" and not quoted:
            if begun:
                out.append(word)
            word, begun = "", False
        else:
            word, begun = word + c, True
        i += 1
    return out + [word] if begun else out


def configuration(folder, page):
    """What the commands of a page speak of; what they make themselves is not there yet."""
    made = set(re.findall(r"""(?:sites|Pools) /\+"\[name='([^']*)'[^\]]*\]\"""", page))
    made |= set(re.findall(r"add apppool /name:\"?(\w+)", page))
    entry = f'<virtualDirectory path="/" physicalPath="{folder}" />'
    sites = "".join(
        f'<site name="{name}" id="{100 + i}"><application path="/">{entry}</application>'
        f'<application path="/MyApp">{entry}</application><bindings><binding protocol="http" '
        f'bindingInformation="*:{80 + i}:" /></bindings></site>\n'
        for i, name in enumerate(SITES) if name not in made)
    pools = "".join(f'<add name="{name}" />\n' for name in POOLS if name not in made)
    return f"""<configuration>
<system.applicationHost>
<applicationPools>{pools}</applicationPools>
<sites>{sites}<siteDefaults><bindings>
<binding protocol="http" bindingInformation="*:8080:contoso.com" /></bindings></siteDefaults></sites>
</system.applicationHost>
<location path="" overrideMode="Allow"><system.webServer><handlers /><modules /></system.webServer>
</location>
</configuration>
"""


def run_page(appcmd, path):
    """(command, its result) of each command of a page."""
    page = re.sub(r"\^\s*\n\s*", "", path.read_text("utf-8-sig", "replace"))
    with tempfile.TemporaryDirectory() as state:
        folder = pathlib.Path(state) / "site"
        folder.mkdir()
        (pathlib.Path(state) / "config").mkdir()
        file = pathlib.Path(state) / "config" / "applicationHost.config"
        file.write_text(configuration(folder, page))
        for line in page.splitlines():
            command = COMMAND.match(line)
            if command:
                yield line.strip(), subprocess.run(
                    [appcmd, *words(command[1]), "--state", state], capture_output=True,
                    text=True, check=False, stdin=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("checkout")
    parser.add_argument("part", nargs="?", default="")
    options = parser.parse_args()
    appcmd = pathlib.Path(options.build).resolve() / "bin" / "appcmd"
    root = pathlib.Path(options.checkout) / "iis" / "configuration"
    count, expected, wrong = 0, 0, 0
    for path in sorted(root.rglob("*.cmd")):
        if options.part not in str(path):
            continue
        for line, done in run_page(str(appcmd), path):
            count += 1
            reason = next((why for what, why in EXPECTED if re.search(what, line)), None)
            if done.returncode and reason:
                expected += 1
            elif done.returncode:
                wrong += 1
                print(f"{path.relative_to(root)}: {line}\n{done.returncode}: {done.stdout}")
            elif reason:
                wrong += 1
                print(f"{path.relative_to(root)}: {line}\nruns, though {reason}")
    print(f"{count} commands, {expected} fail as expected, {wrong} are wrong")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    raise SystemExit(main())
