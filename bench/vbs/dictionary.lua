local parts = tonumber(arg[1])
local d, count, hits, sum = {}, 0, 0, 0
for i = 1, 1000000 // parts do
  local k = "key" .. (i % 20011)
  if d[k] ~= nil then
    d[k] = d[k] + 1
  else
    d[k] = 1; count = count + 1
  end
end
for i = 1, 300000 // parts do
  if d[i % 1000] ~= nil then hits = hits + 1 else count = count + 1 end
  d[i % 1000] = i
end
for k in pairs(d) do sum = sum + d[k] end
print(count .. " " .. hits .. " " .. sum)
