// SPDX-License-Identifier: Apache-2.0
// The public header in C++: it compiles first and alone, and a C++ class with virtual functions in
// the order of an interface is that interface, since a vtable is what lpVtbl points to.
#include "header-check.h"

#include <cstdio>

namespace
{

struct Unknown {
	virtual HRESULT QueryInterface(REFIID riid, void **ret) = 0;
	virtual ULONG AddRef() = 0;
	virtual ULONG Release() = 0;
};

class Counter final : public Unknown
{
      public:
	HRESULT QueryInterface(REFIID riid, void **ret) override
	{
		if (!IsEqualGUID(riid, &IID_IUnknown)) {
			*ret = nullptr;
			return E_NOINTERFACE;
		}
		AddRef();
		*ret = this;
		return S_OK;
	}
	ULONG AddRef() override
	{
		return ++refs;
	}
	ULONG Release() override
	{
		return --refs;
	}
	ULONG refs = 1;
};

int number;
bool failed;

void check(bool ok, const char *what)
{
	failed = failed || !ok;
	std::printf("%sok %d - %s\n", ok ? "" : "not ", ++number, what);
}

} // namespace

int main()
{
	Counter counter;
	VARIANT v = {}, w = {};

	std::puts("1..3");
	v.vt = VT_UNKNOWN;
	v.punkVal = reinterpret_cast<IUnknown *>(&counter);
	check(VariantCopy(&w, &v) == S_OK && counter.refs == 2, "C calls AddRef of a C++ class");
	check(VariantClear(&w) == S_OK && counter.refs == 1, "C calls Release of a C++ class");
	w.vt = VT_BSTR;
	w.bstrVal = SysAllocString(u"C++");
	check(SysStringLen(w.bstrVal) == 3, "a C++ string literal is an OLECHAR text");
	VariantClear(&w);
	return failed;
}
