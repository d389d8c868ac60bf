local parts = tonumber(arg[1])
local a, v = {}, {}
for i = 0, 1000 do
  a[i] = math.sin(i / 50.0)
  v[i] = 0.0
end
for k = 1, 2000 // parts do
  for i = 1, 999 do
    v[i] = v[i] * 0.999 + (a[i - 1] + a[i + 1] - 2.0 * a[i]) * 0.25
  end
  for i = 1, 999 do
    a[i] = a[i] + v[i] * 0.5
  end
end
local sum = 0.0
for i = 0, 1000 do sum = sum + a[i] * a[i] end
print(math.floor(sum * 1000))
