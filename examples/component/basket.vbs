' Uses the component of this folder: make && regsvr ./basket.so && cscript //nologo basket.vbs
' With a server's name the basket is made there; with localhost, in the process of its application.
Option Explicit
Dim basket, server
If WScript.Arguments.Count Then server = WScript.Arguments(0)
Set basket = CreateObject("Example.Basket", server)
basket.Add "$1,200.50"
basket.Add 0.1, 3
WScript.Echo basket.Count & " things for " & basket

On Error Resume Next
basket.Add 5, 0
WScript.Echo Err.Source & ": " & Err.Description
