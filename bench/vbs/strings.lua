local parts = tonumber(arg[1])
local p = {}
for i = 1, 1000000 // parts do p[#p + 1] = "line " .. i .. "\r\n" end
local s = table.concat(p)
print(#s)
local t = 0
for i = 1, 300000 // parts do
  local k = i % 5 + 1
  if string.find(string.sub("abcdefghij", k, k + 3), "e", 1, true) then t = t + 1 end
end
print(t)
