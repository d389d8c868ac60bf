local parts = tonumber(arg[1])
local n = 0
for i = 1, 200000 // parts do
  if string.find("user." .. i .. "@example.org", "^[%w_.]+@[%w_]+%.[%w_]+$") then n = n + 1 end
  if string.find("user." .. i .. " at example", "^[%w_.]+@[%w_]+%.[%w_]+$") then n = n + 1 end
end
print(n)
local p = {}
for i = 1, 2000 do p[#p + 1] = "key" .. i .. "=" .. i * 7 .. ";  " end
local s = table.concat(p)
n = 0
for i = 1, 50 // parts do
  for k, v in string.gmatch(s, "([%w_]+)=(%d+)") do n = n + #k + #v end
  n = n + #string.gsub(s, "([%w_]+)=(%d+)", "%2:%1")
end
for i = 1, 50 // parts do n = n + #string.gsub(s, "%s+", " ") end
print(n)
