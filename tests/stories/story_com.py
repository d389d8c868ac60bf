# SPDX-License-Identifier: Apache-2.0
"""Components as shared objects: built, registered by regsvr, used from scripts and from pages."""

import os
import pathlib
import shutil

from stage import Skip, also_sanitized

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def component(t, name="odd"):
    """A component that the build made, where a server's components would be."""
    folder = t.root / "components"
    folder.mkdir(mode=0o755, exist_ok=True)
    path = folder / f"{name}.so"
    shutil.copy(t.build / "tests/components" / f"{name}.so", path)
    path.chmod(0o755)
    t.state.mkdir(exist_ok=True)
    return path


def script(t, code):
    return t.run("cscript", "//nologo", t.write("script.vbs", code))


def expect(t, done, out="", err="", status=0):
    t.equal((done.out, done.err, done.status), (out, err, status), f"{done}")


def regsvr(t, *args):
    done = t.run("regsvr", *args)
    t.equal(done.status, 0, f"{done}")
    return done


@also_sanitized
def story_the_example_component_works_as_its_page_says(t):
    """examples/component: make, regsvr, cscript, ASP in a host of its own, regsvr /u."""
    folder = t.site / "component"
    shutil.copytree(ROOT / "examples/component", folder, ignore=shutil.ignore_patterns("*.so"))
    shutil.copytree(ROOT / "examples/inc", t.site / "inc")
    folder.chmod(0o755)
    done = t.run("/usr/bin/make", "-C", folder, f"INCLUDE={ROOT / 'include'}", f"IDL={ROOT / 'idl'}",
                 f"IDLC={t.build / 'tools/idlc/idlc'}")
    t.equal(done.status, 0, f"{done}")
    t.serve()
    t.contains(t.get("/component/").text, "is not registered yet", "the page before")
    expect(t, regsvr(t, folder / "basket.so"), f"DllRegisterServer in {folder}/basket.so succeeded.\n")
    expect(t, t.run("cscript", "//nologo", folder / "basket.vbs"),
           "4 things for 1200.8\nExample.Basket: A basket takes one thing or more.\n")
    # The host that runs was started for a world without the component: it says so, a new one has it.
    page = t.get("/component/").text
    if "4 things" not in page:
        t.contains(page, "recycle the pool", "a host older than the component")
        pool = next(p["pool"] for p in t.status()["pools"] if p["protection"] == "High")
        t.equal(t.run("surrogate", "recycle", pool).status, 0, "recycle")
        page = t.wait_for(lambda: "4 things" in (text := t.get("/component/").text) and text,
                          "a host that has the component")
    t.contains(page, "4 things for $1,200.80.", "the page")
    expect(t, t.run("cscript", "//nologo", folder / "basket.vbs", "localhost"),
           "4 things for 1200.8\nExample.Basket: A basket takes one thing or more.\n")
    t.check([line for _, line in t.descendants() if "/Processid:{D0946611-" in line], "the process of its application")
    regsvr(t, "/u", "/s", folder / "basket.so")
    t.wait_for(lambda: "is not registered yet" in t.get("/component/").text, "the end of the class")
    done = t.run("cscript", "//nologo", folder / "basket.vbs")
    t.contains(done.err, "ActiveX component can't create object: 'Example.Basket'", f"{done}")
    t.equal(done.status, 1, f"{done}")


@also_sanitized
def story_regsvr_says_what_regsvr32_says(t):
    odd = component(t)
    bare, missing = component(t, "odd-bare"), component(t, "odd-missing")
    expect(t, t.run("regsvr", odd), f"DllRegisterServer in {odd} succeeded.\n")
    expect(t, t.run("regsvr", "/s", odd))
    expect(t, t.run("regsvr", "/n", "/i:a b", odd), f"DllInstall in {odd} succeeded.\n")
    expect(t, t.run("regsvr", "/n", "/i:fail", odd), status=5,
           err=f"DllInstall in {odd} failed with the error code 0x80004004: Operation aborted\n")
    expect(t, t.run("regsvr", "/u", odd), status=5,
           err=f"DllUnregisterServer in {odd} failed with the error code 0x80040153: "
           "'no clsid' is no CLSID\n")
    done = t.run("regsvr", bare)
    t.contains(done.err, "the entry-point DllRegisterServer was not found", f"{done}")
    t.equal(done.status, 4, f"{done}")
    done = t.run("regsvr", missing)
    t.contains(done.err, "nobody_has_this", f"{done}")
    t.equal(done.status, 3, f"{done}")
    done = t.run("regsvr", t.root / "none.so")
    t.contains(done.err, "failed to load: No such file or directory", f"{done}")
    t.equal(done.status, 3, f"{done}")
    for args in ([], ["/n", odd], ["/x", odd]):
        done = t.run("regsvr", *args)
        t.equal(done.status, 1, f"{done}")
        t.contains(done.err, "see 'regsvr /?'", f"{done}")
    t.equal(t.run("regsvr", "/?").status, 0, "help")
    done = t.run("regsvr", odd, env={"SURROGATE_STATE": str(t.root / "nowhere")})
    t.equal(done.status, 5, f"{done}")


@also_sanitized
def story_a_component_that_others_can_write_is_not_loaded(t):
    odd = component(t)
    odd.chmod(0o777)
    done = t.run("regsvr", odd)
    t.equal(done.status, 3, f"{done}")
    t.contains(done.err, f"can be written by others, who could change the component: chmod go-w {odd}",
               f"{done}")
    odd.chmod(0o755)
    regsvr(t, odd)
    odd.parent.chmod(0o777)
    done = script(t, 'CreateObject "Test.Odd"')
    t.contains(done.err, f"Permission denied: 'Test.Odd': {odd.parent} can be written by others",
               f"{done}")
    odd.parent.chmod(0o755)
    odd.unlink()
    done = script(t, 'CreateObject "Test.Odd"')
    t.contains(done.err, f"cannot find the component {odd}", f"{done}")


def story_a_component_that_crashes_ends_its_host_alone(t):
    regsvr(t, component(t))
    t.write("declared.asp", '<object runat="server" id="odd" progid="Test.Odd"></object><%= TypeName(odd) %>')
    t.write("crash.asp", '<% Server.CreateObject("Test.Odd").Crash %>')
    t.write("fine.asp", '<% Response.Write "fine" %>')
    t.write("surrogate.app", "High")
    t.serve()
    front = next(p["pid"] for p in t.status()["processes"] if p["service"] == "W3SVC")
    t.equal(t.get("/declared.asp").text, "Object", "an object that the page declares")
    answer = t.get("/crash.asp")
    t.check(answer.status >= 500, f"the page of the host that died: {answer}")
    t.equal(t.get("/fine.asp").text, "fine", "the next page")
    t.equal(next(p["pid"] for p in t.status()["processes"] if p["service"] == "W3SVC"), front,
            "the front end")
    if t.patience == 1:  # a sanitizer makes of it a report
        done = script(t, 'CreateObject("Test.Odd").Crash')
        t.equal(done.status, -11, f"{done}")


@also_sanitized
def story_scripts_get_objects_by_name_and_clear_errors(t):
    regsvr(t, component(t, "basket"))
    expect(t, script(t, '''
Set a = GetObject("new:Example.Basket")
a.Add 1, 2
Set b = WScript.GetObject("new:{B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11}")
Set c = CreateObject("Scripting.Dictionary", "localhost")
Set d = GetObject("", "Example.Basket")
WScript.Echo a.Count, b.Count, c.Count, d, TypeName(a)
On Error Resume Next
CreateObject "Example.Basket", "127.0.0.1[1]"
WScript.Echo Err.Number, Err.Description : Err.Clear
CreateObject "Example.Basket", "."
WScript.Echo Err.Number, InStr(Err.Description, "RpcSs") > 0 : Err.Clear
GetObject , "Example.Basket"
WScript.Echo Err.Number : Err.Clear
GetObject "/etc/hosts"
WScript.Echo Err.Number : Err.Clear
a.Add "x"
WScript.Echo Err.Number, Err.Description : Err.Clear
a.Add 1, -1
WScript.Echo Hex(Err.Number), Err.Source, Err.Description : Err.Clear
a.Nope
WScript.Echo Err.Number : Err.Clear
'''), "2 0 0 0 Object\n"
           "462 The remote server machine does not exist or is unavailable: 'Example.Basket': "
           "cannot reach 127.0.0.1: cannot connect to 127.0.0.1[1] (Connection refused): The RPC "
           "server is unavailable.\n462 -1\n429\n432\n13 Type mismatch\n"
           "80070057 Example.Basket A basket takes one thing or more.\n438\n")


@also_sanitized
def story_classes_changed_by_hand_are_noticed(t):
    odd = component(t, "basket")
    expect(t, script(t, f'''
Set s = CreateObject("WScript.Shell")
clsid = "{{B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11}}"
s.RegWrite "HKCR\\My.Alias\\CLSID\\", clsid
s.RegWrite "HKCR\\CLSID\\" & clsid & "\\InprocServer32\\", "{odd}"
WScript.Echo CreateObject("My.Alias").Count
s.RegDelete "HKCR\\My.Alias\\CLSID\\"
On Error Resume Next
CreateObject "My.Alias"
WScript.Echo Err.Number
'''), "0\n429\n")


def story_only_the_servers_user_registers(t):
    """Others may use what is registered, and are told why they cannot register."""
    basket = component(t, "basket")
    regsvr(t, basket)
    code = t.write("count.vbs", 'WScript.Echo CreateObject("Example.Basket").Count')
    if os.geteuid() != 0:
        raise Skip("only root can become somebody else")
    other = ["--reuid", "65534", "--regid", "65534", "--clear-groups"]
    done = t.run("/usr/bin/setpriv", *other, t.program("regsvr"), basket)
    t.equal((done.out, done.status), ("", 5), f"{done}")
    t.contains(done.err, "register as the user that the server runs as", f"{done}")
    expect(t, t.run("/usr/bin/setpriv", *other, t.program("cscript"), "//nologo", code), "0\n")


def story_at_low_protection_the_web_server_loads_it(t):
    regsvr(t, component(t, "basket"))
    t.write("default.asp", '<% Set b = CreateObject("Example.Basket") : b.Add 2, 3 : Response.Write b.Count %>')
    t.write("surrogate.app", "Low")
    t.serve()
    t.equal(t.get("/").text, "3", "the page")


@also_sanitized
def story_a_component_is_used_from_another_machine(t):
    from story_dcom import Dcom, Rpcss
    regsvr(t, component(t, "basket"))
    rpcss = Rpcss(t, "Example.Basket")
    client = Dcom(rpcss.port)
    basket = client.create("B2D5F7C4-6E0B-4C1C-9B57-6C4D3A0E6F11")
    basket("Add", "1.25", "4")
    t.equal(basket("Count", get=True)["lVal"], 4, "the count")
    t.equal(basket("Total", get=True)["cyVal"]["int64"], 50000, "the total")
    basket.release()
    client.close()
    rpcss.stop()
