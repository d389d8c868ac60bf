local n, x = 0, 0.5
for i = 1, 3000 do for j = 1, 3000 do n = n + j % 7; x = x * 0.5 + 1.5 end end
print(n, x)
