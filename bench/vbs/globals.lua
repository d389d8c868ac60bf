n = 0
for k = 1, 5000000 // tonumber(arg[1]) do i = k; if i % 3 == 0 then n = n + i % 5 end end
print(n)
