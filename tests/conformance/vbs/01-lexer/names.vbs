' Names: brackets, words that are names in some places, members called like keywords.
Option Explicit
Dim [my var], [hello world!], [], [   ], [dim], [loop var], n, o
[my var] = 42 : [hello world!] = "works" : [] = "empty" : [   ] = "blanks" : [dim] = 99
Echo [my var], [hello world!], [], [   ], [dim]
' expect: 42 works empty blanks 99
For [loop var] = 1 To 3
	n = n + [loop var]
Next
Echo n, [N]
' expect: 6 6
Class Words
	Public [my property]
	Private explicit, step
	Public Sub Property(par)
		Echo "property", par
	End Sub
	Function Error(default)
		Error = default
	End Function
End Class
Class Property
	Public [And], [ByRef], [ByVal], [Call], [Case], [Class], [Const], [Dim], [Do], [Each], [Else], [ElseIf], [Empty], [End], [Eqv], [Exit], [False], [For], [Function], [Get], [GoTo], [If], [Imp], [In], [Is], [Let], [Loop], [Me], [Mod], [New], [Next], [Not], [Nothing], [Null], [On], [Option], [Or], [Preserve], [Private], [Public], [ReDim], [Rem], [Resume], [Select], [Set], [Stop], [Sub], [Then], [To], [True], [Until], [Wend], [While], [With], [Xor]
End Class
Set o = New Words
o.[my property] = "updated"
Echo o.[my property], o.Error(3)
o.Property 4
' expect: updated 3
' expect: property 4
Sub Ordinary
	Dim Default, Error, Explicit, Step, Property
	default = 1 : error = 2 : explicit = 3 : step = 4 : PROPERTY = 5
	Echo default, error, explicit, step, property
	For property = 1 To 3 Step 2
	Next
	Echo property
End Sub
Ordinary
' expect: 1 2 3 4 5
' expect: 5
Set o = New Property
n = 0
o.And = 1 : n = n + o.and
o.ByRef = 1 : n = n + o.byref
o.ByVal = 1 : n = n + o.byval
o.Call = 1 : n = n + o.call
o.Case = 1 : n = n + o.case
o.Class = 1 : n = n + o.class
o.Const = 1 : n = n + o.const
o.Dim = 1 : n = n + o.dim
o.Do = 1 : n = n + o.do
o.Each = 1 : n = n + o.each
o.Else = 1 : n = n + o.else
o.ElseIf = 1 : n = n + o.elseif
o.Empty = 1 : n = n + o.empty
o.End = 1 : n = n + o.end
o.Eqv = 1 : n = n + o.eqv
o.Exit = 1 : n = n + o.exit
o.False = 1 : n = n + o.false
o.For = 1 : n = n + o.for
o.Function = 1 : n = n + o.function
o.Get = 1 : n = n + o.get
o.GoTo = 1 : n = n + o.goto
o.If = 1 : n = n + o.if
o.Imp = 1 : n = n + o.imp
o.In = 1 : n = n + o.in
o.Is = 1 : n = n + o.is
o.Let = 1 : n = n + o.let
o.Loop = 1 : n = n + o.loop
o.Me = 1 : n = n + o.me
o.Mod = 1 : n = n + o.mod
o.New = 1 : n = n + o.new
o.Next = 1 : n = n + o.next
o.Not = 1 : n = n + o.not
o.Nothing = 1 : n = n + o.nothing
o.Null = 1 : n = n + o.null
o.On = 1 : n = n + o.on
o.Option = 1 : n = n + o.option
o.Or = 1 : n = n + o.or
o.Preserve = 1 : n = n + o.preserve
o.Private = 1 : n = n + o.private
o.Public = 1 : n = n + o.public
o.ReDim = 1 : n = n + o.redim
o.Rem = 1 : n = n + o.rem
o.Resume = 1 : n = n + o.resume
o.Select = 1 : n = n + o.select
o.Set = 1 : n = n + o.set
o.Stop = 1 : n = n + o.stop
o.Sub = 1 : n = n + o.sub
o.Then = 1 : n = n + o.then
o.To = 1 : n = n + o.to
o.True = 1 : n = n + o.true
o.Until = 1 : n = n + o.until
o.Wend = 1 : n = n + o.wend
o.While = 1 : n = n + o.while
o.With = 1 : n = n + o.with
o.Xor = 1 : n = n + o.xor
Echo n
' expect: 55
With o
	.Next = "next" : .Class = "class"
	Echo .Next, .Class, .Rem
End With
' expect: next class 1
' Letters beyond ASCII, as the machine's alphabet has them.
Dim größe, été
größe = 3 : été = 4
Echo größe + été
' expect: 7
