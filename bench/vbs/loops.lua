local parts = tonumber(arg[1])
local n = 0
for i = 1, 3000 // parts do
  for j = 1, 3000 do
    n = n + j % 7
    if n > 1000000 then n = n - 1000000 end
  end
end
print(n)
