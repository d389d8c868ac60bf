' Uses the component of this folder: make && regsvr ./basket.so && cscript //nologo basket.vbs
Option Explicit
Dim basket
Set basket = CreateObject("Example.Basket")
basket.Add "$1,200.50"
basket.Add 0.1, 3
WScript.Echo basket.Count & " things for " & basket

On Error Resume Next
basket.Add 5, 0
WScript.Echo Err.Source & ": " & Err.Description
