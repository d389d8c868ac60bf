#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds our NDR against Impacket's, an independent writing of the same specifications (TAP).

check_impacket.py RECODE: each case is a call or a serialized type that Impacket encodes with known
values. `recode` must read those values out of its bytes, and Impacket must read the same message
out of what `recode` encodes again. Referents of pointers are arbitrary numbers, so the two texts are
compared as Impacket's values, not byte by byte.
"""
import subprocess
import sys

from impacket import uuid
from impacket.dcerpc.v5 import dcomrt, epm, lsat, mgmt, ndr, samr, srvs
from impacket.dcerpc.v5.dcom import oaut
from impacket.dcerpc.v5.dtypes import NULL, RPC_UNICODE_STRING

CASES = []


def case(function):
    CASES.append(function)
    return function


def recode(arguments, line):
    done = subprocess.run([sys.argv[1], *arguments], input=line + "\n", capture_output=True,
                          text=True, timeout=60, check=False)
    if done.returncode or done.stderr:
        raise AssertionError(f"recode {arguments}: {done.returncode} {done.stderr}")
    text, found, hexed = done.stdout.rpartition("bytes ")
    if not found:
        raise AssertionError(f"recode {arguments}: {done.stdout.strip()} for {line}")
    return text, bytes.fromhex(hexed.strip())


def plain(value):
    """What a message says, without referents and padding."""
    if isinstance(value, ndr.NDRPOINTERNULL):
        return None
    if isinstance(value, ndr.NDRPOINTER):
        return plain(value.fields["Data"]) if value.fields.get("ReferentID") else None
    if isinstance(value, ndr.NDR):
        return {name: plain(field) for name, field in value.fields.items()
                if name not in ("ReferentID", "MaximumCount", "ActualCount", "Offset", "ArraySize",
                                "__len__")}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bytes, str, int, float)) or value is None:
        return value
    return repr(value)


def call(interface, method, message, shown, request=None):
    """`message` is a filled NDRCALL; `shown` are lines that the printed call must have."""
    data = message.getData()
    line = data.hex() if request is None else f"{request.getData().hex()} {data.hex()}"
    way = "out" if type(message).__name__.endswith("Response") else "in"
    text, again = recode([interface, method, way], line)
    lines = [row.strip() for row in text.splitlines()]
    for wanted in shown:
        assert wanted in lines, f"expected {wanted!r} in:\n{text}"
    parsed = type(message)(again, isNDR64=False)
    expected = type(message)(data, isNDR64=False)
    assert plain(parsed) == plain(expected), f"{plain(parsed)}\nis not\n{plain(expected)}"
    assert len(again) == len(data), f"{again.hex()}\nis not\n{data.hex()}"


@case
def resolve_oxid():
    request = dcomrt.ResolveOxid2()
    request["pOxid"] = 0x1122334455667788
    request["cRequestedProtseqs"] = 3
    request["arRequestedProtseqs"] = (7, 0x1F, 9)
    call("IObjectExporter", "ResolveOxid2", request,
         ["pOxid: 1234605616436508552", "cRequestedProtseqs: 3", "arRequestedProtseqs: [3] 7 31 9"])


def bindings():
    array = dcomrt.DUALSTRINGARRAY()
    array["wNumEntries"] = 5
    array["wSecurityOffset"] = 2
    array["aStringArray"] = [7, 0, 10, 0, 0]
    return array


@case
def resolve_oxid_answer():
    answer = dcomrt.ResolveOxid2Response()
    answer["ppdsaOxidBindings"] = bindings()
    answer["pipidRemUnknown"] = uuid.string_to_bin("00112233-4455-6677-8899-aabbccddeeff")
    answer["pAuthnHint"] = 10
    answer["pComVersion"]["MajorVersion"] = 5
    answer["pComVersion"]["MinorVersion"] = 7
    answer["ErrorCode"] = 0
    call("IObjectExporter", "ResolveOxid2", answer,
         ["MinorVersion: 7", "wSecurityOffset: 2", "aStringArray: [5] 7 0 10 0 0", "pAuthnHint: 10",
          "pipidRemUnknown: {00112233-4455-6677-8899-aabbccddeeff}"])


@case
def complex_ping():
    request = dcomrt.ComplexPing()
    request["pSetId"] = 99
    request["SequenceNum"] = 3
    request["cAddToSet"] = 2
    request["cDelFromSet"] = 0
    for oid in (0x1000000000000001, 2):
        item = dcomrt.OID()
        item["Data"] = oid
        request["AddToSet"].append(item)
    request["DelFromSet"] = NULL
    call("IObjectExporter", "ComplexPing", request,
         ["pSetId: 99", "AddToSet: [2] 1152921504606846977 2", "DelFromSet: NULL"])


@case
def endpoint_map():
    request = epm.ept_map()
    request["obj"] = NULL
    request["map_tower"]["tower_length"] = 3
    request["map_tower"]["tower_octet_string"] = b"\x01\x00\x02"
    request["entry_handle"] = epm.ept_lookup_handle_t()
    request["max_towers"] = 4
    call("ept", "ept_map", request,
         ["obj: NULL", "tower_length: 3", "tower_octet_string: [3] 1 0 2", "max_towers: 4"])


@case
def endpoint_map_answer():
    request = epm.ept_map()
    request["obj"] = NULL
    request["map_tower"] = NULL
    request["entry_handle"] = epm.ept_lookup_handle_t()
    request["max_towers"] = 4
    answer = epm.ept_mapResponse()
    answer["entry_handle"] = epm.ept_lookup_handle_t()
    answer["num_towers"] = 2
    for octets in (b"\x01\x00", b"\x02\x00\x03"):
        tower = epm.twr_p_t()
        tower["tower_length"] = len(octets)
        tower["tower_octet_string"] = octets
        answer["ITowers"].append(tower)
    answer.fields["ITowers"].fields["MaximumCount"] = 4
    answer["status"] = 0
    call("ept", "ept_map", answer, ["num_towers: 2", "tower_octet_string: [3] 2 0 3"], request)


@case
def interface_ids():
    answer = mgmt.inq_if_idsResponse()
    answer["if_id_vector"]["count"] = 1
    entry = mgmt.PRPC_IF_ID() if hasattr(mgmt, "PRPC_IF_ID") else epm.PRPC_IF_ID()
    entry["Uuid"] = uuid.string_to_bin("00112233-4455-6677-8899-aabbccddeeff")
    entry["VersMajor"] = 3
    entry["VersMinor"] = 0
    answer["if_id_vector"]["if_id"].append(entry)
    answer["status"] = 0
    call("mgmt", "rpc_mgmt_inq_if_ids", answer,
         ["Count: 1", "Uuid: {00112233-4455-6677-8899-aabbccddeeff}", "VersMajor: 3"])


@case
def samr_enumerate_domains():
    answer = samr.SamrEnumerateDomainsInSamServerResponse()
    answer["EnumerationContext"] = 2
    answer["Buffer"]["EntriesRead"] = 2
    for rid, name in ((0, "WEB"), (1, "Builtin")):
        entry = samr.SAMPR_RID_ENUMERATION()
        entry["RelativeId"] = rid
        entry["Name"] = name
        answer["Buffer"]["Buffer"].append(entry)
    answer["CountReturned"] = 2
    answer["ErrorCode"] = 0
    call("samr", "SamrEnumerateDomainsInSamServer", answer,
         ["EntriesRead: 2", "RelativeId: 1", "Length: 14", "CountReturned: 2"])


@case
def samr_lookup_names():
    request = samr.SamrLookupNamesInDomain()
    request["DomainHandle"] = b"\0\0\0\0" + bytes(range(16))
    request["Count"] = 2
    for name in ("IWAM_WEB", "IUSR"):
        entry = RPC_UNICODE_STRING()
        entry["Data"] = name
        request["Names"].append(entry)
    request.fields["Names"].fields["MaximumCount"] = 1000
    call("samr", "SamrLookupNamesInDomain", request,
         ["DomainHandle: {03020100-0504-0706-0809-0a0b0c0d0e0f}", "Count: 2", "Length: 16"])


@case
def samr_open_domain():
    request = samr.SamrOpenDomain()
    request["ServerHandle"] = b"\0" * 20
    request["DesiredAccess"] = 0x02000000
    request["DomainId"].fromCanonical("S-1-5-21-1-2-3")
    call("samr", "SamrOpenDomain", request,
         ["DesiredAccess: 33554432", "SubAuthorityCount: 4", "SubAuthority: [4] 21 1 2 3"])


@case
def samr_user_information():
    answer = samr.SamrQueryInformationUser2Response()
    info = samr.SAMPR_USER_INFO_BUFFER()
    info["tag"] = samr.USER_INFORMATION_CLASS.UserNameInformation
    info["Name"]["UserName"] = "alice"
    info["Name"]["FullName"] = "Alice Liddell"
    answer["Buffer"] = info
    answer["ErrorCode"] = 0
    request = samr.SamrQueryInformationUser2()
    request["UserHandle"] = b"\0" * 20
    request["UserInformationClass"] = samr.USER_INFORMATION_CLASS.UserNameInformation
    call("samr", "SamrQueryInformationUser2", answer, ["Length: 26"], request)


@case
def shares():
    request = srvs.NetrShareEnum()
    request["ServerName"] = "\\\\WEB\0"
    request["PreferedMaximumLength"] = 0xFFFFFFFF
    request["ResumeHandle"] = NULL
    request["InfoStruct"]["Level"] = 1
    request["InfoStruct"]["ShareInfo"]["tag"] = 1
    request["InfoStruct"]["ShareInfo"]["Level1"]["Buffer"] = NULL
    call("srvsvc", "NetrShareEnum", request, ['ServerName: "\\\\WEB"', "Level: 1", "case 1"][:2])


@case
def shares_answer():
    answer = srvs.NetrShareEnumResponse()
    answer["InfoStruct"]["Level"] = 1
    answer["InfoStruct"]["ShareInfo"]["tag"] = 1
    level = answer["InfoStruct"]["ShareInfo"]["Level1"]
    level["EntriesRead"] = 2
    for name in ("C$\0", "IPC$\0"):
        share = srvs.SHARE_INFO_1()
        share["shi1_netname"] = name
        share["shi1_type"] = 0x80000000
        share["shi1_remark"] = "remark\0"
        level["Buffer"].append(share)
    answer["TotalEntries"] = 2
    answer["ResumeHandle"] = NULL
    answer["ErrorCode"] = 0
    call("srvsvc", "NetrShareEnum", answer,
         ['shi1_netname: "IPC$"', 'shi1_remark: "remark"', "TotalEntries: 2"])


@case
def lookup_names():
    request = lsat.LsarLookupNames()
    request["PolicyHandle"] = b"\0" * 20
    request["Count"] = 1
    name = RPC_UNICODE_STRING()
    name["Data"] = "Administrators"
    request["Names"].append(name)
    request["TranslatedSids"]["Sids"] = NULL
    request["LookupLevel"] = lsat.LSAP_LOOKUP_LEVEL.LsapLookupWksta
    call("lsarpc", "LsarLookupNames", request, ["Count: 1", "Length: 28", "LookupLevel: LsapLookupWksta"])


@case
def activation():
    request = dcomrt.RemoteCreateInstance()
    request["ORPCthis"]["cid"] = uuid.string_to_bin("00112233-4455-6677-8899-aabbccddeeff")
    request["ORPCthis"]["version"]["MajorVersion"] = 5
    request["ORPCthis"]["version"]["MinorVersion"] = 7
    request["ORPCthis"]["extensions"] = NULL
    request["pUnkOuter"] = NULL
    request["pActProperties"]["ulCntData"] = 6
    request["pActProperties"]["abData"] = list(b"MEOW12")
    call("IRemoteSCMActivator", "RemoteCreateInstance", request,
         ["MajorVersion: 5", "cid: {00112233-4455-6677-8899-aabbccddeeff}", "pUnkOuter: NULL",
          "ulCntData: 6"])


ORPCTHIS_SIZE = 32  # without extensions; ours has none in front: it is DCOM's, not the method's


def method_of_object(interface, method, request):
    request["ORPCthis"]["version"]["MajorVersion"] = 5
    request["ORPCthis"]["extensions"] = NULL
    return recode([interface, method, "in"], request.getData()[ORPCTHIS_SIZE:].hex())


@case
def query_interface():
    request = dcomrt.RemQueryInterface()
    request["ripid"] = uuid.string_to_bin("00112233-4455-6677-8899-aabbccddeeff")
    request["cRefs"] = 5
    request["cIids"] = 1
    iid = dcomrt.IID()
    iid["Data"] = uuid.string_to_bin("00020400-0000-0000-c000-000000000046")
    request["iids"].append(iid)
    text, again = method_of_object("IRemUnknown", "RemQueryInterface", request)
    assert "0: {00020400-0000-0000-c000-000000000046}" in text, text
    expected = bytearray(request.getData()[ORPCTHIS_SIZE:])
    expected[22:24] = b"\0\0"  # padding
    assert again == expected, f"{again.hex()}\nis not\n{expected.hex()}"


def pickled(name, value, shown):
    data = value.getData() + value.getDataReferents()
    data += b"\xfa" * (-len(data) % 8)
    text, again = recode(["--pickle", name], data.hex())
    for wanted in shown:
        assert wanted in [row.strip() for row in text.splitlines()], f"expected {wanted!r} in:\n{text}"
    parsed = type(value)(again)
    parsed.fromStringReferents(again[len(parsed.getData()):])
    for field in ("CommonHeader", "PrivateHeader"):
        del parsed.fields[field], value.fields[field]
    assert plain(parsed) == plain(value), f"{plain(parsed)}\nis not\n{plain(value)}"
    assert len(again) == len(data), f"{again.hex()}\nis not\n{data.hex()}"


@case
def instantiation_info():
    info = dcomrt.InstantiationInfoData()
    info["classId"] = uuid.string_to_bin("2b72133b-3f5b-4602-8952-803546ce3344")
    info["cIID"] = 1
    iid = dcomrt.IID()
    iid["Data"] = uuid.string_to_bin("00000000-0000-0000-c000-000000000046")
    info["pIID"].append(iid)
    pickled("InstantiationInfoData", info,
            ["classId: {2b72133b-3f5b-4602-8952-803546ce3344}", "cIID: 1"])


@case
def location_info():
    info = dcomrt.LocationInfoData()
    info["machineName"] = NULL
    pickled("LocationInfoData", info, ["machineName: NULL", "processId: 0"])


@case
def scm_request_info():
    info = dcomrt.ScmRequestInfoData()
    info["pdwReserved"] = NULL
    info["remoteRequest"]["ClientImpLevel"] = 2
    info["remoteRequest"]["cRequestedProtseqs"] = 2
    info["remoteRequest"]["pRequestedProtseqs"] = [7, 8]
    pickled("ScmRequestInfoData", info, ["cRequestedProtseqs: 2", "pRequestedProtseqs: [2] 7 8"])


def variant(tag, member, value):
    item = oaut.VARIANT(None, False)
    item["clSize"] = 5
    item["vt"] = tag
    item["_varUnion"]["tag"] = tag
    item["_varUnion"][member] = value
    return item


@case
def invoke():
    request = oaut.IDispatch_Invoke()
    request["dispIdMember"] = 7
    request["riid"] = b"\0" * 16
    request["lcid"] = 0x409
    request["dwFlags"] = 1
    parameters = oaut.DISPPARAMS(None, False)
    word = oaut.VARIANT(None, False)
    word["clSize"] = 5
    word["vt"] = oaut.VARENUM.VT_BSTR
    word["_varUnion"]["tag"] = oaut.VARENUM.VT_BSTR
    word["_varUnion"]["bstrVal"]["asData"] = "notepad"
    parameters["rgvarg"].append(word)
    parameters["rgvarg"].append(variant(oaut.VARENUM.VT_I4, "lVal", -5))
    parameters["rgdispidNamedArgs"] = NULL
    parameters["cArgs"] = 2
    parameters["cNamedArgs"] = 0
    request["pDispParams"] = parameters
    request["cVarRef"] = 0
    request["rgVarRefIdx"] = NULL
    request["rgVarRef"] = NULL
    text, again = method_of_object("IDispatch", "Invoke", request)
    for wanted in ("dispIdMember: 7", "cBytes: 14", "asData: [7] 110 111 116 101 112 97 100", "lVal: -5",
                   "cArgs: 2"):
        assert wanted in text, f"expected {wanted!r} in:\n{text}"
    assert len(again) == len(request.getData()) - ORPCTHIS_SIZE, (
        f"{again.hex()}\nis not\n{request.getData()[ORPCTHIS_SIZE:].hex()}")


def main():
    failed = 0
    for number, function in enumerate(CASES, 1):
        try:
            function()
            print(f"ok {number} - {function.__name__}")
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            for line in f"{type(error).__name__}: {error}".splitlines():
                print(f"# {line[:400]}")
            print(f"not ok {number} - {function.__name__}")
    print(f"1..{len(CASES)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
