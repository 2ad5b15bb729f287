using System.Diagnostics;
using System.Globalization;

namespace CodexService.Contracts.Local;

/// <summary>
/// When processes of this machine began. A number alone is no process: it is given again to others, and another one's in a container.
/// </summary>
public static class ProcessStart
{
    // The 22nd field of /proc/<pid>/stat (proc_pid_stat(5)), counted after the name, which may hold blanks and brackets itself.
    private const int StartField = 19;

    /// <summary>
    /// When the process began: ticks of the kernel since the machine was started on Linux, which are the same seen from each container and
    /// whatever is done to the clock, else ticks of <see cref="DateTime"/>. To be compared, not shown.
    /// </summary>
    /// <param name="pid">Process id, as seen from here.</param>
    /// <returns><see langword="null"/> when there is none of this number.</returns>
    public static long? Of(int pid)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var process = Process.GetProcessById(pid);
                return process.StartTime.ToUniversalTime().Ticks;
            }

            var line = File.ReadAllText($"/proc/{pid}/stat");
            return long.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[StartField], CultureInfo.InvariantCulture);
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
