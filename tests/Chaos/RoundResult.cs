using System.Globalization;

namespace Certctl.Chaos;

/// <summary>One line of the table.</summary>
/// <param name="Recovery">From the end of the last fault until the fleet did everything at its normal rate again; null: not in time.</param>
/// <param name="Drained">From then until the books were balanced.</param>
internal sealed record RoundResult(
    int Round, int Seed, string Faults, string Load, long Accepted, long Done, long Failed, long Lost, long Twice, TimeSpan? Recovery, TimeSpan Drained, IReadOnlyList<string> Findings)
{
    public bool Passed => Findings.Count == 0;

    public static string Header => Line("round", "seed", "faults", "accepted", "done", "failed", "lost", "twice", "recovery", "drained", "", "load");

    public override string ToString() => Line(
        Text(Round), Text(Seed), Faults, Text(Accepted), Text(Done), Text(Failed), Text(Lost), Text(Twice),
        Recovery is { } recovery ? Seconds(recovery) : "none", Seconds(Drained), Passed ? "ok" : "FAILED", Load);

    private static string Line(
        string round, string seed, string faults, string accepted, string done, string failed, string lost, string twice, string recovery, string drained, string verdict, string load) =>
        $"{round,5}  {seed,7}  {faults,-44}  {accepted,8}  {done,6}  {failed,6}  {lost,4}  {twice,5}  {recovery,8}  {drained,7}  {verdict,-6}  {load}";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");
}
