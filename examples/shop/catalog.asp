<%
' What the shop sells, and a visitor's cart.

Class Article
	Public Id, Name, Text
	Private cents

	Public Default Property Get Price()
		Price = cents / 100
	End Property

	Public Function Init(newId, newName, newCents, newText)
		Id = newId
		Name = newName
		cents = newCents
		Text = newText
		Set Init = Me
	End Function
End Class

Function Catalog()
	Dim all
	Set all = Server.CreateObject("Scripting.Dictionary")
	all.Add "kettle", (New Article).Init("kettle", "Kettle", 2450, "Boils a litre in three minutes and says so.")
	all.Add "mug", (New Article).Init("mug", "Mug", 790, "Holds coffee, pencils or both. Not at once.")
	all.Add "lamp", (New Article).Init("lamp", "Desk lamp", 3900, "Warm light for late pages.")
	all.Add "notebook", (New Article).Init("notebook", "Notebook", 560, "Eighty empty pages, none of them compiled.")
	all.Add "plant", (New Article).Init("plant", "Pot plant", 1275, "Needs water on Fridays. Forgives Saturdays.")
	all.Add "clock", (New Article).Init("clock", "Wall clock", 3120, "Ticks quietly. Never times out.")
	Set Catalog = all
End Function

' The cart is a Dictionary in the session: product id to quantity.
Class ShoppingCart
	Private items

	Private Sub Class_Initialize()
		If Not IsObject(Session("cart")) Then
			Set Session("cart") = Server.CreateObject("Scripting.Dictionary")
		End If
		Set items = Session("cart")
	End Sub

	Public Sub Add(id)
		items(id) = items(id) + 1
	End Sub

	Public Sub Remove(id)
		If Not items.Exists(id) Then Exit Sub
		items(id) = items(id) - 1
		If items(id) = 0 Then items.Remove id
	End Sub

	Public Sub Clear()
		items.RemoveAll
	End Sub

	Public Property Get Count()
		Dim id
		Count = 0
		For Each id In items.Keys
			Count = Count + items(id)
		Next
	End Property

	Public Property Get Ids()
		Ids = items.Keys
	End Property

	Public Property Get Quantity(id)
		Quantity = items(id)
	End Property
End Class

Function Money(amount)
	Money = "&euro;&nbsp;" & FormatNumber(amount, 2)
End Function
%>
